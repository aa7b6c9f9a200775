using Microsoft.Extensions.Caching.Hybrid;
using RedisFlow.Caching.Invalidating;
using RedisFlow.Caching.Keys;
using RedisFlow.Caching.Policies;

namespace RedisFlow.Caching;

// Storing what was loaded outside of the cache, under the same guard as a load of its own: nothing is announced.
public sealed partial class StreamHybridCache
{
    /// <summary>Takes note of what is known now, before a load begins whose result is to be stored.</summary>
    /// <returns><c>null</c> while nothing may be stored: before the tail's start, or while this instance is
    /// blind.</returns>
    internal LoadTicket? BeginFill() => _tickets.TryTake();

    /// <summary>
    /// Stores what was loaded, unless something that matches it was invalidated after its ticket, or its load took too
    /// long.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value.</param>
    /// <param name="ticket">Taken before the load read anything, see <see cref="BeginFill"/>.</param>
    /// <param name="options">How the entry is kept.</param>
    /// <param name="tags">Its tags.</param>
    internal async ValueTask StoreLoadedAsync<T>(
        string key,
        T value,
        LoadTicket ticket,
        HybridCacheEntryOptions? options,
        IEnumerable<string>? tags
    )
    {
        CacheKey.Validate(key, "key", nameof(key));
        var validTags = EntryTags.Validate(tags);
        var plan = new EntryPlan(_policies.Of(key), options);
        if (!_tickets.IsBlind && Store(key, validTags, Encode(key, value), ticket, plan) is { } toStore)
        {
            await FillL2Async(key, toStore, ticket, plan).ConfigureAwait(false);
        }
    }
}
