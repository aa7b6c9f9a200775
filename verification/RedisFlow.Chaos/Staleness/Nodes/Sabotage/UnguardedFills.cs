using Microsoft.Extensions.Caching.Hybrid;
using RedisFlow.Caching;

namespace RedisFlow.Chaos.Staleness.Nodes.Sabotage;

/// <summary>
/// A cache whose fills of memory are not compared with what was invalidated while they were loaded: what the cache
/// loaded, and perhaps refused to store for that reason, is stored in memory all the same, under a new ticket. Redis is
/// left to the cache.
/// </summary>
internal sealed class UnguardedFills(StreamHybridCache cache) : ICachedReads
{
    private static readonly HybridCacheEntryOptions MemoryOnly = new()
    {
        Flags = HybridCacheEntryFlags.DisableDistributedCache,
    };

    /// <inheritdoc/>
    public async Task<T> ReadAsync<T>(string key, string[] tags, Func<CancellationToken, ValueTask<T>> load)
        where T : class
    {
        T? loaded = null;
        var value = await cache.GetOrCreateAsync(key, async stop => loaded = await load(stop), tags: tags);
        if (loaded is not null)
        {
            await cache.GetOrCreateAsync(key, _ => ValueTask.FromResult(loaded), MemoryOnly, tags);
        }

        return value;
    }
}
