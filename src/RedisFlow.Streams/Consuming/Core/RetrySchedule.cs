namespace RedisFlow.Streams.Consuming.Core;

/// <summary>
/// How long to wait before an attempt: the first delay, doubled with each failure up to the longest, with a jitter of a
/// quarter, so that what failed together does not return together.
/// </summary>
internal sealed class RetrySchedule(TimeSpan first, TimeSpan longest, Random random)
{
    // Beyond this many doublings every delay has reached the longest; 2^30 ms are 12 days.
    private const int MostDoublings = 30;

    /// <summary>The wait after the <paramref name="failures"/>-th failure; 1 is the first.</summary>
    public TimeSpan After(long failures)
    {
        var doublings = (int)Math.Clamp(failures - 1, 0, MostDoublings);
        var ticks = Math.Min(first.Ticks * Math.Pow(2, doublings), longest.Ticks);

        // Jitter needs no cryptographic randomness.
#pragma warning disable CA5394
        return TimeSpan.FromTicks((long)(ticks * (0.75 + (random.NextDouble() / 2))));
#pragma warning restore CA5394
    }
}
