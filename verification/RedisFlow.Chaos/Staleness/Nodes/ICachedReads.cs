using RedisFlow.Caching;

namespace RedisFlow.Chaos.Staleness.Nodes;

/// <summary>How a node uses its cache.</summary>
internal interface ICachedReads
{
    /// <summary>The value of the key; loaded if the cache has none.</summary>
    Task<T> ReadAsync<T>(string key, string[] tags, Func<CancellationToken, ValueTask<T>> load)
        where T : class;
}

/// <summary>As services do.</summary>
internal sealed class CachedReads(StreamHybridCache cache) : ICachedReads
{
    /// <inheritdoc/>
    public async Task<T> ReadAsync<T>(string key, string[] tags, Func<CancellationToken, ValueTask<T>> load)
        where T : class => await cache.GetOrCreateAsync(key, load, tags: tags);
}
