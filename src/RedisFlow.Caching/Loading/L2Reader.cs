using Microsoft.Extensions.Caching.Hybrid;
using RedisFlow.Caching.Invalidating;
using RedisFlow.Caching.L1;
using RedisFlow.Caching.L2;
using RedisFlow.Caching.Serialization;

namespace RedisFlow.Caching.Loading;

/// <summary>Looks a load's value up in Redis, and takes what it finds to memory.</summary>
internal sealed class L2Reader(
    L2Cache l2,
    L1Writer l1,
    InvalidationLog log,
    Serializers serializers,
    TimeProvider time,
    IFillObserver observer
)
{
    /// <summary>The value; <c>null</c> if Redis has none that may be used, or is not to be asked.</summary>
    public async Task<Loaded<T>?> ReadAsync<T>(SharedLoad<T> load)
    {
        if (!load.UsesCache || load.SkipsL2 || load.Plan.Has(HybridCacheEntryFlags.DisableDistributedCacheRead))
        {
            return null;
        }

        var begun = time.GetTimestamp();
        var entry = await l2.ReadAsync(load.Key).ConfigureAwait(false);
        load.Plan.Policy.Statistics.L2.Add(time.GetElapsedTime(begun));
        await observer.AtAsync(FillStage.L2Read, load.Key).ConfigureAwait(false);
        return entry is null ? null : Use(load, entry);
    }

    /// <summary>
    /// Judges an entry from Redis and takes it to memory. One that has expired is kept there for the case that the load
    /// fails.
    /// </summary>
    /// <returns>Its value; <c>null</c> if it must not be used.</returns>
    public Loaded<T>? Use<T>(SharedLoad<T> load, L2Entry entry)
    {
        if (!log.IsStoredCurrent(load.Ticket, entry.AsOf, load.Key, entry.Tags, out _))
        {
            return null;
        }

        if (entry.IsNull && default(T) is not null)
        {
            // Nothing was cached as another type; to this one it would be zero.
            return null;
        }

        Encoded<T> found;
        try
        {
            found = entry.IsNull
                ? new Encoded<T>(default!, null)
                : new Encoded<T>(serializers.Deserialize<T>(entry.Payload), entry.Payload);
        }
        catch (Exception exception)
        {
            l2.Unreadable(load.Key, exception);
            return null;
        }

        var remaining = entry.Expires - time.GetUtcNow();
        l1.StoreFromL2(load.Key, entry.Tags, found, load.Ticket, entry.AsOf, load.Plan, remaining);
        return remaining > TimeSpan.Zero ? new Loaded<T>(found.Value, found.Payload, CacheOutcome.L2) : null;
    }
}
