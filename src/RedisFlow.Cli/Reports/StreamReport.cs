using System.Text.Json.Serialization;
using RedisFlow.Streams;

namespace RedisFlow.Cli.Reports;

/// <summary>
/// A stream at one moment, and what changed since the moment before; rates are <c>null</c> if no earlier moment exists.
/// </summary>
internal sealed record StreamReport(
    string Name,
    long Length,
    MessagePosition? First,
    MessagePosition Last,
    long EntriesAdded,
    long DeadLetters,
    long Delayed,
    long? MemoryBytes,
    double? AddedPerSecond,
    IReadOnlyList<GroupReport> Groups
)
{
    public static StreamReport Of(StreamSnapshot now, StreamSnapshot? before = null, TimeSpan elapsed = default) =>
        new(
            now.Stream,
            now.Length,
            now.FirstPosition,
            now.LastPosition,
            now.EntriesAdded,
            now.DeadLetters,
            now.Delayed,
            now.MemoryBytes,
            Rates.PerSecond(now.EntriesAdded, before?.EntriesAdded, elapsed),
            [
                .. now.Groups.Select(group =>
                    GroupReport.Of(group, before?.Groups.FirstOrDefault(old => old.Name == group.Name), elapsed)
                ),
            ]
        );
}

/// <summary>A group; see <see cref="GroupSnapshot"/>. Lag <c>null</c> means unknown, which is not 0.</summary>
internal sealed record GroupReport(
    string Name,
    bool Declared,
    bool Exists,
    PauseReport? Paused,
    long? Lag,
    long Pending,
    [property: JsonPropertyName("oldestPendingAgeMs")] TimeSpan? OldestPendingAge,
    [property: JsonPropertyName("oldestPendingIdleMs")] TimeSpan? OldestPendingIdle,
    long OldestPendingDeliveries,
    long Parked,
    IReadOnlyDictionary<string, long> ParkedFor,
    MessagePosition LastDelivered,
    MessagePosition Settled,
    double? DeliveredPerSecond,
    double? SettledPerSecond,
    IReadOnlyList<ConsumerReport> Consumers
)
{
    public static GroupReport Of(GroupSnapshot now, GroupSnapshot? before, TimeSpan elapsed) =>
        new(
            now.Name,
            now.IsDeclared,
            now.Exists,
            now.Paused is { } pause ? new PauseReport(pause.Reason, pause.Since) : null,
            now.Lag,
            now.Pending,
            now.OldestPendingAge,
            now.OldestPendingIdle,
            now.OldestPendingDeliveries,
            now.Parked,
            now.ParkedFor,
            now.LastDelivered,
            now.Settled,
            Rates.PerSecond(now.EntriesRead, before?.EntriesRead, elapsed),
            Rates.PerSecond(now.EntriesRead - now.Pending, before?.EntriesRead - before?.Pending, elapsed),
            [
                .. now
                    .Consumers.OrderBy(consumer => consumer.Name, StringComparer.Ordinal)
                    .Select(consumer => new ConsumerReport(
                        consumer.Name,
                        consumer.Pending,
                        consumer.Idle,
                        consumer.Inactive,
                        consumer.Rival
                    )),
            ]
        );
}

internal sealed record PauseReport(string Reason, DateTimeOffset Since);

/// <summary>A consumer; see <see cref="ConsumerSnapshot"/>.</summary>
internal sealed record ConsumerReport(
    string Name,
    long Pending,
    [property: JsonPropertyName("idleMs")] TimeSpan Idle,
    [property: JsonPropertyName("inactiveMs")] TimeSpan? Inactive,
    string? Rival
);

internal static class Rates
{
    /// <summary>How fast a count grows; <c>null</c> if it is unknown or went back, i.e. is another one.</summary>
    public static double? PerSecond(long? now, long? before, TimeSpan elapsed) =>
        now is { } count && before is { } old && count >= old && elapsed > TimeSpan.Zero
            ? Math.Round((count - old) / elapsed.TotalSeconds, 1)
            : null;
}
