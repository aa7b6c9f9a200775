using RedisFlow.Streams;

namespace RedisFlow.Cli.Reports;

/// <summary>Streams at one moment, and how fast they changed since the moment before.</summary>
/// <param name="At">The moment.</param>
/// <param name="Streams">The streams.</param>
/// <param name="Rates">By the stream's name.</param>
internal sealed record StreamsReport(
    DateTimeOffset At,
    IReadOnlyList<StreamSnapshot> Streams,
    IReadOnlyDictionary<string, StreamRates> Rates
);

/// <summary>How fast a stream changed; <c>null</c> if no earlier moment exists.</summary>
/// <param name="AddedPerSecond">Messages published.</param>
/// <param name="Groups">By the group's name.</param>
internal sealed record StreamRates(double? AddedPerSecond, IReadOnlyDictionary<string, GroupRates> Groups)
{
    public static StreamRates Of(StreamSnapshot now, StreamSnapshot? before = null, TimeSpan elapsed = default) =>
        new(
            PerSecond(now.EntriesAdded, before?.EntriesAdded, elapsed),
            now.Groups.ToDictionary(
                group => group.Name,
                group => Of(group, before?.Groups.FirstOrDefault(old => old.Name == group.Name), elapsed)
            )
        );

    /// <summary>How fast a count grows; <c>null</c> if it is unknown or went back, i.e. is another one.</summary>
    public static double? PerSecond(long? now, long? before, TimeSpan elapsed) =>
        now is { } count && before is { } old && count >= old && elapsed > TimeSpan.Zero
            ? Math.Round((count - old) / elapsed.TotalSeconds, 1)
            : null;

    private static GroupRates Of(GroupSnapshot now, GroupSnapshot? before, TimeSpan elapsed) =>
        new(
            PerSecond(now.EntriesRead, before?.EntriesRead, elapsed),
            PerSecond(now.EntriesRead - now.Pending, before?.EntriesRead - before?.Pending, elapsed)
        );
}

/// <summary>How fast a group works; <c>null</c> if no earlier moment exists.</summary>
/// <param name="DeliveredPerSecond">Messages delivered to it.</param>
/// <param name="SettledPerSecond">Messages that it acknowledged.</param>
internal sealed record GroupRates(double? DeliveredPerSecond, double? SettledPerSecond);
