using Microsoft.Extensions.Caching.Hybrid;
using RedisFlow.Caching.Invalidating;
using RedisFlow.Caching.L1;
using RedisFlow.Caching.L2;
using RedisFlow.Caching.Policies;
using RedisFlow.Caching.Serialization;
using RedisFlow.Streams;

namespace RedisFlow.Caching.Storing;

/// <summary>
/// Stores values that were loaded or set: in memory at once, then in Redis, for which no caller of a load waits.
/// </summary>
internal sealed class EntryWriter(L1Writer l1, L2Cache l2, PayloadEncoder encoder, TimeProvider time)
{
    /// <summary>Stores a loaded value in memory, if it may be stored.</summary>
    /// <returns>What is to be stored in Redis, or <c>null</c>.</returns>
    public L2Entry? Store<T>(string key, string[] tags, Encoded<T> encoded, in LoadTicket ticket, EntryPlan plan) =>
        MayStore(key, encoded, plan, out var lifetime)
            ? Store(key, tags, encoded, ticket, ticket.AsOf, plan, lifetime)
            : null;

    /// <summary>Stores a value in memory.</summary>
    /// <returns>What is to be stored in Redis, or <c>null</c>.</returns>
    public L2Entry? Store<T>(
        string key,
        string[] tags,
        Encoded<T> encoded,
        in LoadTicket ticket,
        MessagePosition asOf,
        EntryPlan plan,
        Lifetime lifetime
    )
    {
        // Not current in memory, neither in Redis: a loaded value would be refused there soon, and a set one has a
        // later position than it deserves.
        return
            l1.TryStore(key, tags, encoded, ticket, asOf, plan, lifetime)
            && !plan.Has(HybridCacheEntryFlags.DisableDistributedCacheWrite)
            ? ForL2(tags, encoded.Payload, asOf, lifetime)
            : null;
    }

    /// <summary>Stores in Redis what was stored in memory. A script there sees to it that a late write does no
    /// harm.</summary>
    public Task StoreInL2Async(string key, L2Entry entry, LoadTicket ticket, EntryPlan plan) =>
        l2.FillAsync(key, entry, ticket.StartedAt, plan.Policy.FailSafe, plan.Compresses);

    /// <summary>Whether a value may be stored at all, whatever was invalidated, and for how long.</summary>
    public bool MayStore<T>(string key, Encoded<T> encoded, EntryPlan plan, out Lifetime lifetime)
    {
        var (value, payload) = encoded;
        lifetime = plan.LifetimeOf(value is null, Random.Shared.NextDouble());
        return (payload is not null || value is null) && lifetime.Whole > TimeSpan.Zero && encoder.Fits(key, payload);
    }

    /// <summary>The entry of a value in Redis.</summary>
    public L2Entry ForL2(string[] tags, ReadOnlyMemory<byte>? payload, MessagePosition asOf, Lifetime lifetime)
    {
        var now = time.GetUtcNow();
        return new L2Entry(asOf, now, now + lifetime.Whole, tags, payload is null, payload ?? default);
    }
}
