namespace RedisFlow.Analytics.Activity;

/// <summary>
/// Bounds of what is counted. One batch is one script, which blocks the server while it runs: about 4 ms for a thousand
/// events of as many companies (Redis 7.0, two busy cores), and less the more of them fall on the same counter.
/// </summary>
internal static class ActivityLimits
{
    /// <summary>The most events of one batch.</summary>
    public const int BatchEvents = 1_000;

    /// <summary>
    /// The largest body of a batch, in bytes: the longest event has about 120, which leaves as much again for white
    /// space.
    /// </summary>
    public const int BodyBytes = 256 * 1024;

    /// <summary>The longest id of a batch.</summary>
    public const int BatchIdLength = 64;

    /// <summary>
    /// The highest count of one event. A counter holds 2^63: more than nine billion of the largest batches.
    /// </summary>
    public const int EventCount = 1_000_000;

    /// <summary>How old an event may be.</summary>
    public static readonly TimeSpan OldestEvent = TimeSpan.FromDays(7);

    /// <summary>How far the clocks of those who send events may be ahead of this one.</summary>
    public static readonly TimeSpan ClockDifference = TimeSpan.FromMinutes(5);

    /// <summary>
    /// How long the id of a batch is remembered: so long it can be sent again without counting twice.
    /// </summary>
    public static readonly TimeSpan BatchMemory = TimeSpan.FromDays(1);

    /// <summary>
    /// How long the counters of a day are kept after their last event: over the day's end at every instance, whatever
    /// its clock says.
    /// </summary>
    public static readonly TimeSpan DayMemory = TimeSpan.FromDays(2);
}
