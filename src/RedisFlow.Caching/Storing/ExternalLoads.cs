using Microsoft.Extensions.Caching.Hybrid;
using RedisFlow.Caching.Invalidating;
using RedisFlow.Caching.Keys;
using RedisFlow.Caching.Policies;
using RedisFlow.Caching.Serialization;

namespace RedisFlow.Caching.Storing;

/// <summary>
/// Stores what was loaded outside of the cache, under the same guard as a load of its own: nothing is announced.
/// </summary>
internal sealed class ExternalLoads(
    LoadTickets tickets,
    PolicyTable policies,
    PayloadEncoder encoder,
    EntryWriter writer
)
{
    /// <summary>
    /// Stores a value, unless something that matches it was invalidated after its ticket, or its load took too long.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value.</param>
    /// <param name="ticket">Taken before the load read anything.</param>
    /// <param name="options">How the entry is kept.</param>
    /// <param name="tags">Its tags.</param>
    public async ValueTask StoreAsync<T>(
        string key,
        T value,
        LoadTicket ticket,
        HybridCacheEntryOptions? options,
        IEnumerable<string>? tags
    )
    {
        CacheKey.Validate(key, "key", nameof(key));
        var validTags = EntryTags.Validate(tags);
        var plan = new EntryPlan(policies.Of(key), options);
        if (!tickets.IsBlind && writer.Store(key, validTags, encoder.Encode(key, value), ticket, plan) is { } toStore)
        {
            await writer.StoreInL2Async(key, toStore, ticket, plan).ConfigureAwait(false);
        }
    }
}
