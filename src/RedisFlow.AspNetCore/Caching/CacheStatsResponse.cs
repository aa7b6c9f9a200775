using RedisFlow.Caching;

namespace RedisFlow.AspNetCore.Caching;

/// <summary>What the caches of one instance did since its start.</summary>
/// <param name="Instance">The instance that answered: each counts for itself.</param>
/// <param name="Caches">The default cache, then the additional ones.</param>
internal sealed record CacheStatsResponse(string Instance, IReadOnlyList<CacheStats> Caches)
{
    public static CacheStatsResponse From(string instance, IEnumerable<CacheStatistics> caches) =>
        new(instance, [.. caches.Select(CacheStats.From)]);
}

/// <summary>What one cache did.</summary>
/// <param name="Service">The name that its keys in Redis begin with.</param>
/// <param name="Entries">Entries in memory now.</param>
/// <param name="Bytes">Bytes that they take, by estimate.</param>
/// <param name="Evictions">Entries that were dropped from memory to keep its limits.</param>
/// <param name="L2Errors">Operations on Redis that failed or took too long.</param>
/// <param name="L2Unreadable">Entries in Redis that could not be read.</param>
/// <param name="L2Circuit">Closed: Redis is asked. Open: it is not, for a moment. HalfOpen: one operation tries whether
/// it is back.</param>
/// <param name="Patterns">What the keys of each declared pattern did; those that no pattern takes last.</param>
internal sealed record CacheStats(
    string Service,
    long Entries,
    long Bytes,
    long Evictions,
    long L2Errors,
    long L2Unreadable,
    L2CircuitState L2Circuit,
    IReadOnlyList<PatternStats> Patterns
)
{
    public static CacheStats From(CacheStatistics cache) =>
        new(
            cache.Service,
            cache.Entries,
            cache.Bytes,
            cache.Evictions,
            cache.Redis.Errors,
            cache.Redis.Unreadable,
            cache.Redis.Circuit,
            [.. cache.Patterns.Select(PatternStats.From)]
        );
}

/// <summary>What the keys of one pattern did.</summary>
/// <param name="Policy">The policy that declares the pattern, see Caching:Policies.</param>
/// <param name="Pattern">The pattern, e.g. <c>company:*</c>.</param>
/// <param name="Reads">Reads: hits, misses and stale reads.</param>
/// <param name="L1Hits">Reads that were answered from memory.</param>
/// <param name="L2Hits">Reads that were answered from Redis.</param>
/// <param name="Misses">Reads that had to wait for the source; of those that shared a load, each.</param>
/// <param name="StaleReads">Reads that were answered with an expired entry, or while the instance could not hear
/// invalidations: no hits.</param>
/// <param name="HitRate">Hits of both levels per read, 0 to 1; null without reads.</param>
/// <param name="LoadFailures">Loads that failed; that there is no such thing counts too.</param>
/// <param name="LoadTimeouts">Times that a caller did not wait for a load any longer.</param>
/// <param name="EagerRefreshes">Loads that began before an entry expired.</param>
/// <param name="L1Latency">How long hits in memory took, one in 1024 of them measured; null before the first.</param>
/// <param name="L2Latency">How long looks into Redis took, whatever they found; null before the first.</param>
/// <param name="LoadLatency">How long loads took that succeeded; null before the first.</param>
internal sealed record PatternStats(
    string Policy,
    string Pattern,
    long Reads,
    long L1Hits,
    long L2Hits,
    long Misses,
    long StaleReads,
    double? HitRate,
    long LoadFailures,
    long LoadTimeouts,
    long EagerRefreshes,
    LatencyStats? L1Latency,
    LatencyStats? L2Latency,
    LatencyStats? LoadLatency
)
{
    public static PatternStats From(KeyPatternStatistics pattern) =>
        new(
            pattern.Policy,
            pattern.Pattern,
            pattern.L1Hits + pattern.L2Hits + pattern.Misses + pattern.StaleReads,
            pattern.L1Hits,
            pattern.L2Hits,
            pattern.Misses,
            pattern.StaleReads,
            pattern.HitRate,
            pattern.LoadFailures,
            pattern.LoadTimeouts,
            pattern.EagerRefreshes,
            LatencyStats.From(pattern.L1Latency),
            LatencyStats.From(pattern.L2Latency),
            LatencyStats.From(pattern.LoadLatency)
        );
}

/// <summary>Durations, in short.</summary>
/// <param name="Count">How many were measured.</param>
/// <param name="MeanMs">Their mean, in milliseconds.</param>
/// <param name="P50Ms">Half of them took at most this, in milliseconds; at most 12.5 % too high.</param>
/// <param name="P99Ms">99 of 100 took at most this, in milliseconds; at most 12.5 % too high.</param>
internal sealed record LatencyStats(long Count, double MeanMs, double P50Ms, double P99Ms)
{
    /// <summary><c>null</c> where nothing was measured: no duration is not a duration of zero.</summary>
    public static LatencyStats? From(LatencySummary summary) =>
        summary.Count == 0
            ? null
            : new LatencyStats(
                summary.Count,
                summary.Mean.TotalMilliseconds,
                summary.P50.TotalMilliseconds,
                summary.P99.TotalMilliseconds
            );
}
