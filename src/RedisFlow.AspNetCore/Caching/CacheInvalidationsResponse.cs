using RedisFlow.Caching;

namespace RedisFlow.AspNetCore.Caching;

/// <summary>What one instance heard of the stream since its start, and what came of it.</summary>
/// <param name="Instance">The instance that answered: each hears for itself.</param>
/// <param name="Caches">The default cache, then the additional ones.</param>
internal sealed record CacheInvalidationsResponse(string Instance, IReadOnlyList<CacheInvalidations> Caches)
{
    public static CacheInvalidationsResponse From(string instance, IEnumerable<CacheStatistics> caches) =>
        new(instance, [.. caches.Select(CacheInvalidations.From)]);
}

/// <summary>What one cache heard.</summary>
/// <param name="Service">The name that its keys in Redis begin with.</param>
/// <param name="Applied">Invalidations that were applied.</param>
/// <param name="PerSecond">How many a second, over the last minute.</param>
/// <param name="Position">The position of the stream up to which everything is applied.</param>
/// <param name="LagMs">How long ago the instance was at the stream's end for sure, in milliseconds: it says so about
/// every second. null before the first time.</param>
/// <param name="IsBlind">Whether that is too long ago to serve from the cache, see Caching:MaxDisconnectedTime.</param>
/// <param name="DiscardedL1Fills">Loaded values that memory refused: they lost a race with an invalidation, or their
/// load took too long.</param>
/// <param name="DiscardedL2Fills">Loaded values that Redis refused, since something newer was there.</param>
/// <param name="Flushes">Times that everything was dropped, because messages were missed or not understood.</param>
internal sealed record CacheInvalidations(
    string Service,
    long Applied,
    double PerSecond,
    string Position,
    double? LagMs,
    bool IsBlind,
    long DiscardedL1Fills,
    long DiscardedL2Fills,
    long Flushes
)
{
    public static CacheInvalidations From(CacheStatistics cache) =>
        new(
            cache.Service,
            cache.Invalidations.Applied,
            cache.Invalidations.PerSecond,
            cache.Invalidations.Position.ToString(),
            cache.Invalidations.Lag?.TotalMilliseconds,
            cache.Invalidations.IsBlind,
            cache.Invalidations.DiscardedL1Fills,
            cache.Invalidations.DiscardedL2Fills,
            cache.Invalidations.Flushes
        );
}
