namespace RedisFlow.Chaos.Staleness;

/// <summary>What the nodes cache with.</summary>
internal enum CacheMode
{
    /// <summary>The cache as services use it: invalidated by the stream.</summary>
    Stream,

    /// <summary>The same cache, invalidated by Redis pub/sub: for comparison.</summary>
    PubSub,

    /// <summary>
    /// A plain cache in memory and in Redis whose entries expire, and which hears of no change: for comparison.
    /// </summary>
    Ttl,
}
