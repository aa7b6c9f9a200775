using System.Diagnostics.Metrics;

namespace RedisFlow.Caching;

/// <summary>The cache's instruments. All are observed: a read of the cache costs one increment, whether or not anybody listens.</summary>
internal sealed class CacheMetrics : IDisposable
{
    public const string MeterName = "RedisFlow.Caching";

    public CacheMetrics(IMeterFactory? factory = null)
    {
        Meter = factory?.Create(MeterName) ?? new Meter(MeterName);
        Meter.CreateObservableCounter(
            "redisflow.cache.hits",
            () => new[] { Measure(Level1Hits, "cache.level", "L1"), Measure(Level2Hits, "cache.level", "L2") },
            "{hit}",
            "Reads that found a valid entry.");
        Count("redisflow.cache.misses", Misses, "{miss}", "Reads that found no valid entry at any level.");
        Meter.CreateObservableCounter(
            "redisflow.cache.discarded_fills",
            () => new[]
            {
                Measure(DiscardedLevel1Fills, "cache.level", "L1"),
                Measure(DiscardedLevel2Fills, "cache.level", "L2"),
            },
            "{fill}",
            "Loaded values that were not stored, because they had become stale meanwhile or their load took too long.");
        Count("redisflow.cache.flushes", Flushes, "{flush}", "Times that everything was dropped, because messages were missed or not understood.");
        Count("redisflow.cache.invalidations", Invalidations, "{invalidation}", "Invalidations that the tail applied.");
        Count("redisflow.cache.blind_reads", BlindReads, "{read}", "Reads that passed the cache by, because the instance had not been at the stream's end for too long.");
        Count("redisflow.cache.l2.errors", Level2Errors, "{error}", "Operations on Redis that failed or took too long.");
        Count("redisflow.cache.l2.unreadable", UnreadableLevel2Entries, "{entry}", "Entries in Redis that could not be read.");
        Count("redisflow.cache.evictions", Evictions, "{entry}", "Entries that were dropped from memory to keep the limits.");
    }

    public Meter Meter { get; }

    public StripedCounter Level1Hits { get; } = new();

    public StripedCounter Level2Hits { get; } = new();

    public StripedCounter Misses { get; } = new();

    public StripedCounter DiscardedLevel1Fills { get; } = new();

    public StripedCounter DiscardedLevel2Fills { get; } = new();

    public StripedCounter Flushes { get; } = new();

    public StripedCounter Invalidations { get; } = new();

    public StripedCounter BlindReads { get; } = new();

    public StripedCounter Level2Errors { get; } = new();

    public StripedCounter UnreadableLevel2Entries { get; } = new();

    public StripedCounter Evictions { get; } = new();

    public void ObserveLevel1(Func<long> entries, Func<long> bytes)
    {
        Meter.CreateObservableUpDownCounter("redisflow.cache.entries", entries, "{entry}", "Entries in memory.");
        Meter.CreateObservableUpDownCounter("redisflow.cache.size", bytes, "By", "Bytes that the entries in memory take, by estimate.");
    }

    public void Dispose() => Meter.Dispose();

    private static Measurement<long> Measure(StripedCounter counter, string tag, string value) =>
        new(counter.Value, new KeyValuePair<string, object?>(tag, value));

    private void Count(string name, StripedCounter counter, string unit, string description) =>
        Meter.CreateObservableCounter(name, () => counter.Value, unit, description);
}
