using System.Numerics;

namespace RedisFlow.Caching.Statistics;

/// <summary>
/// Counts durations in buckets whose width grows with the duration (eight to each power of two, so a quantile is at
/// most 12.5 % too high), from 128 ns to about 1 minute. Adding is one increment.
/// </summary>
internal sealed class LatencyRecorder
{
    private const int SubBucketBits = 3;
    private const int SmallestExponent = 7;
    private const int Exponents = 30;

    private readonly long[] _buckets = new long[(Exponents << SubBucketBits) + 1];
    private long _totalNanoseconds;

    public void Add(TimeSpan duration)
    {
        var nanoseconds = Math.Max(0, duration.Ticks) * TimeSpan.NanosecondsPerTick;
        Interlocked.Increment(ref _buckets[BucketOf(nanoseconds)]);
        Interlocked.Add(ref _totalNanoseconds, nanoseconds);
    }

    /// <summary>What was added so far.</summary>
    public LatencySummary Summarize()
    {
        var counts = new long[_buckets.Length];
        long count = 0;
        for (var i = 0; i < counts.Length; i++)
        {
            count += counts[i] = Volatile.Read(ref _buckets[i]);
        }

        return count == 0
            ? LatencySummary.None
            : new LatencySummary(
                count,
                TimeSpan.FromTicks(Volatile.Read(ref _totalNanoseconds) / count / TimeSpan.NanosecondsPerTick),
                Quantile(counts, count, 0.5),
                Quantile(counts, count, 0.99)
            );
    }

    private static int BucketOf(long nanoseconds)
    {
        var exponent = BitOperations.Log2((ulong)nanoseconds | 1);
        if (exponent < SmallestExponent)
        {
            return 0;
        }

        var sub = (int)(nanoseconds >> (exponent - SubBucketBits)) & ((1 << SubBucketBits) - 1);
        return Math.Min(((exponent - SmallestExponent) << SubBucketBits) + sub + 1, Exponents << SubBucketBits);
    }

    // The upper end of the bucket: a quantile is never said to be smaller than it is.
    private static TimeSpan UpperEnd(int bucket)
    {
        if (bucket == 0)
        {
            return TimeSpan.FromTicks((1 << SmallestExponent) / TimeSpan.NanosecondsPerTick);
        }

        var exponent = ((bucket - 1) >> SubBucketBits) + SmallestExponent;
        var sub = ((bucket - 1) & ((1 << SubBucketBits) - 1)) + 1;
        var nanoseconds = (1L << exponent) + ((long)sub << (exponent - SubBucketBits));
        return TimeSpan.FromTicks((nanoseconds + TimeSpan.NanosecondsPerTick - 1) / TimeSpan.NanosecondsPerTick);
    }

    private static TimeSpan Quantile(long[] counts, long count, double quantile)
    {
        var rank = (long)Math.Ceiling(quantile * count);
        long seen = 0;
        for (var i = 0; i < counts.Length; i++)
        {
            seen += counts[i];
            if (seen >= rank)
            {
                return UpperEnd(i);
            }
        }

        return UpperEnd(counts.Length - 1);
    }
}
