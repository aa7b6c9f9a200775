using Microsoft.Extensions.Caching.Hybrid;
using RedisFlow.Caching;

namespace RedisFlow.Chaos.Staleness.Nodes.Sabotage;

/// <summary>
/// A cache that takes an entry's position when the value was loaded, not before: the load happens first, and the cache,
/// which stamps the value that it receives with the position of that moment, only stores its result.
/// </summary>
internal sealed class LateStamps(StreamHybridCache cache) : ICachedReads
{
    private static readonly HybridCacheEntryOptions NoLoad = new()
    {
        Flags = HybridCacheEntryFlags.DisableUnderlyingData,
    };

    /// <inheritdoc/>
    public async Task<T> ReadAsync<T>(string key, string[] tags, Func<CancellationToken, ValueTask<T>> load)
        where T : class
    {
        if (await cache.GetOrCreateAsync<T?>(key, _ => ValueTask.FromResult<T?>(null), NoLoad, tags) is { } found)
        {
            return found;
        }

        var loaded = await load(CancellationToken.None);
        return await cache.GetOrCreateAsync(key, _ => ValueTask.FromResult(loaded), tags: tags);
    }
}
