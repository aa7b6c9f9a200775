using System.Text.Json.Serialization;
using RedisFlow.Streams;

namespace RedisFlow.Cli.Reports;

/// <summary>What groups hold.</summary>
/// <param name="Stream">The stream.</param>
/// <param name="Entries">By group, oldest first.</param>
/// <param name="HasMore">Whether there are more than were asked for.</param>
internal sealed record PendingReport(string Stream, IReadOnlyList<PendingEntryReport> Entries, bool HasMore);

/// <summary>A pending message; see <see cref="PendingMessage"/>.</summary>
internal sealed record PendingEntryReport(
    string Group,
    MessagePosition Position,
    string Consumer,
    [property: JsonPropertyName("idleMs")] TimeSpan Idle,
    long Deliveries
)
{
    public static PendingEntryReport Of(string group, PendingMessage message) =>
        new(group, message.Position, message.Consumer, message.Idle, message.Deliveries);
}
