using System.Text.Json.Serialization;
using RedisFlow.Streams;

namespace RedisFlow.Cli.Reports;

/// <summary>What <c>claim</c> did.</summary>
internal sealed record ClaimReport(
    string Stream,
    string Group,
    [property: JsonPropertyName("minIdleMs")] TimeSpan MinIdle,
    long Available
);

/// <summary>What <c>replay</c> did; see <see cref="ReplayResult"/>.</summary>
internal sealed record ReplayReport(
    string Stream,
    string Group,
    MessagePosition From,
    long Entries,
    MessagePosition? OldestKept
);

/// <summary>What <c>retire</c> did; see <see cref="RetiredGroup"/>.</summary>
internal sealed record RetireReport(string Stream, string Group, long Pending, long? Undelivered, long Parked);

/// <summary>What <c>publish</c> did: how many messages are in the stream, the first and the last of them.</summary>
internal sealed record PublishReport(string Stream, int Published, MessagePosition? First, MessagePosition? Last);
