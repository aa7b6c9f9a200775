using RedisFlow.Streams;

namespace RedisFlow.Caching;

/// <summary>What a cache did in this instance since its start.</summary>
/// <param name="Service">The service that the cache belongs to.</param>
/// <param name="Patterns">Per policy, that is, per declared key pattern; the one for all other keys last.</param>
/// <param name="Entries">Entries in memory now.</param>
/// <param name="Bytes">Bytes that they take, by estimate.</param>
/// <param name="Evictions">Entries that were dropped from memory to keep the limits.</param>
/// <param name="Redis">The second level.</param>
/// <param name="Invalidations">What was heard of the stream.</param>
public sealed record CacheStatistics(
    string Service,
    IReadOnlyList<KeyPatternStatistics> Patterns,
    long Entries,
    long Bytes,
    long Evictions,
    L2Statistics Redis,
    InvalidationStatistics Invalidations
);

/// <summary>What the keys of one pattern did.</summary>
/// <param name="Policy">The policy's name; <c>default</c> where none is declared.</param>
/// <param name="Pattern">The pattern, e.g. <c>report:*</c>.</param>
/// <param name="L1Hits">Reads that were answered from memory.</param>
/// <param name="L2Hits">Reads that were answered from Redis.</param>
/// <param name="Misses">Reads that had to wait for the source: each caller counts, also those that shared a
/// load.</param>
/// <param name="StaleReads">Reads that were answered with an expired entry (see <see cref="CachePolicy.FailSafe"/>), or
/// while the instance was blind.</param>
/// <param name="HitRate">Hits of both levels per read, 0 to 1; <c>null</c> before the first read. A stale read is no
/// hit.</param>
/// <param name="LoadFailures">Loads that failed.</param>
/// <param name="LoadTimeouts">Times that a caller did not wait for a load any longer.</param>
/// <param name="EagerRefreshes">Loads that began before an entry expired.</param>
/// <param name="L1Latency">How long hits in memory took; sampled, so its count is not that of the hits.</param>
/// <param name="L2Latency">How long reads of Redis took, whatever they found.</param>
/// <param name="LoadLatency">How long loads from the source took.</param>
public sealed record KeyPatternStatistics(
    string Policy,
    string Pattern,
    long L1Hits,
    long L2Hits,
    long Misses,
    long StaleReads,
    double? HitRate,
    long LoadFailures,
    long LoadTimeouts,
    long EagerRefreshes,
    LatencySummary L1Latency,
    LatencySummary L2Latency,
    LatencySummary LoadLatency
);

/// <summary>Durations, in short.</summary>
/// <param name="Count">How many were measured.</param>
/// <param name="Mean">Their mean.</param>
/// <param name="P50">Half of them took at most this; at most 12.5 % too high.</param>
/// <param name="P99">99 of 100 took at most this; at most 12.5 % too high.</param>
public sealed record LatencySummary(long Count, TimeSpan Mean, TimeSpan P50, TimeSpan P99)
{
    /// <summary>Nothing was measured.</summary>
    public static LatencySummary None { get; } = new(0, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero);
}

/// <summary>What the cache's second level did.</summary>
/// <param name="Errors">Operations that failed or took too long.</param>
/// <param name="Unreadable">Entries that could not be read: damaged, or of another format.</param>
/// <param name="Circuit">Whether Redis is asked.</param>
public sealed record L2Statistics(long Errors, long Unreadable, L2CircuitState Circuit);

/// <summary>What an instance heard of the stream, and what came of it.</summary>
/// <param name="Applied">Invalidations that were applied.</param>
/// <param name="PerSecond">How many a second, over the last minute.</param>
/// <param name="Position">The stream's position up to which this instance has applied everything.</param>
/// <param name="Lag">
/// How long ago this instance was at the stream's end for sure; it says so about every second. <c>null</c> before the
/// first time.
/// </param>
/// <param name="IsBlind">Whether that is too long ago to serve from the cache, see
/// <see cref="CachingOptions.MaxDisconnectedTime"/>.</param>
/// <param name="DiscardedL1Fills">Loaded values that memory refused, since they had become stale meanwhile or their
/// load took too long.</param>
/// <param name="DiscardedL2Fills">Loaded values that Redis refused, since something newer was there.</param>
/// <param name="Flushes">Times that everything was dropped, because messages were missed or not understood.</param>
public sealed record InvalidationStatistics(
    long Applied,
    double PerSecond,
    MessagePosition Position,
    TimeSpan? Lag,
    bool IsBlind,
    long DiscardedL1Fills,
    long DiscardedL2Fills,
    long Flushes
);
