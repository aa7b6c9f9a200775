using System.Diagnostics;

namespace RedisFlow.Chaos.Checking;

/// <summary>One moment by both clocks of the machine.</summary>
/// <param name="Timestamp">By the monotonic clock.</param>
/// <param name="UnixMilliseconds">By the wall clock, which Redis takes positions from.</param>
internal readonly record struct ClockAnchor(long Timestamp, long UnixMilliseconds)
{
    /// <summary>This moment.</summary>
    public static ClockAnchor Now() => new(Stopwatch.GetTimestamp(), DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());

    /// <summary>A moment of the monotonic clock in Unix milliseconds.</summary>
    public long ToUnixMilliseconds(long timestamp) =>
        UnixMilliseconds + (long)((timestamp - Timestamp) * 1000.0 / Stopwatch.Frequency);
}
