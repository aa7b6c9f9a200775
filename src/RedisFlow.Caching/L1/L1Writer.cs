using Microsoft.Extensions.Caching.Hybrid;
using RedisFlow.Caching.Invalidating;
using RedisFlow.Caching.Policies;
using RedisFlow.Caching.Serialization;
using RedisFlow.Caching.Telemetry;
using RedisFlow.Caching.Time;
using RedisFlow.Streams;

namespace RedisFlow.Caching.L1;

/// <summary>
/// Stores values in memory. What is not true any more, or took too long to load, is refused and counted.
/// </summary>
internal sealed class L1Writer(
    L1Cache l1,
    InvalidationLog log,
    LoadTickets tickets,
    CacheMetrics metrics,
    TimeProvider time
)
{
    private readonly CoarseClock _clock = new(time);

    /// <summary>Stores a value that was loaded or set, unless the call wants none in memory.</summary>
    /// <param name="key">The key.</param>
    /// <param name="tags">Its tags.</param>
    /// <param name="encoded">The value.</param>
    /// <param name="ticket">Taken before the value was known.</param>
    /// <param name="asOf">The value's version.</param>
    /// <param name="plan">How it is kept.</param>
    /// <param name="lifetime">For how long.</param>
    /// <returns>Whether the value is still true.</returns>
    public bool TryStore<T>(
        string key,
        string[] tags,
        Encoded<T> encoded,
        in LoadTicket ticket,
        MessagePosition asOf,
        EntryPlan plan,
        Lifetime lifetime
    )
    {
        var isCurrent =
            !tickets.IsTooOld(ticket)
            && (
                plan.Has(HybridCacheEntryFlags.DisableLocalCacheWrite)
                    ? log.IsCurrent(ticket, key, tags, out _)
                    : l1.TryStore(
                        EntryOf(key, tags, encoded, asOf, lifetime.Local, lifetime.Whole, plan.Policy),
                        ticket
                    )
            );
        if (!isCurrent)
        {
            metrics.DiscardedL1Fills.Add();
        }

        return isCurrent;
    }

    /// <summary>
    /// Stores a value that was found in Redis, unless the call wants none in memory. One that has expired is kept for
    /// the case that the load fails.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="tags">Its tags.</param>
    /// <param name="encoded">The value.</param>
    /// <param name="ticket">Taken before Redis was read.</param>
    /// <param name="asOf">The value's version.</param>
    /// <param name="plan">How it is kept.</param>
    /// <param name="remaining">How long it still lives in Redis; not positive if it has expired.</param>
    public void StoreFromL2<T>(
        string key,
        string[] tags,
        Encoded<T> encoded,
        in LoadTicket ticket,
        MessagePosition asOf,
        EntryPlan plan,
        TimeSpan remaining
    )
    {
        if (
            plan.Has(HybridCacheEntryFlags.DisableLocalCacheWrite)
            || (remaining <= TimeSpan.Zero && plan.Policy.FailSafe <= TimeSpan.Zero)
        )
        {
            return;
        }

        var local = plan.LifetimeOf(encoded.Payload is null, Random.Shared.NextDouble()).Local;
        var lifetime = local < remaining ? local : remaining;
        var entry = EntryOf(key, tags, encoded, asOf, lifetime, remaining, plan.Policy);
        if (tickets.IsTooOld(ticket) || !l1.TryStoreFromL2(entry, ticket))
        {
            metrics.DiscardedL1Fills.Add();
        }
    }

    /// <param name="key">The key.</param>
    /// <param name="tags">Its tags.</param>
    /// <param name="encoded">The value.</param>
    /// <param name="asOf">Its version.</param>
    /// <param name="lifetime">How long it is served; not positive if it has expired already.</param>
    /// <param name="whole">How long it lives in Redis: fail-safe counts from there.</param>
    /// <param name="policy">The key's policy.</param>
    private L1Entry EntryOf<T>(
        string key,
        string[] tags,
        Encoded<T> encoded,
        MessagePosition asOf,
        TimeSpan lifetime,
        TimeSpan whole,
        KeyPolicy policy
    )
    {
        var (value, payload) = encoded;
        var times = new EntryTimes(_clock.After(lifetime))
        {
            RefreshAt =
                policy.EagerRefresh is { } part && lifetime > TimeSpan.Zero
                    ? _clock.After(lifetime * part)
                    : CoarseClock.Never,
            StaleUntil = _clock.After(policy.FailSafe > TimeSpan.Zero ? whole + policy.FailSafe : lifetime),
        };
        return payload is { } serialized && !Immutability.IsImmutable(value)
            ? new SerializedEntry<T>(serialized, key, tags, asOf, times) { Policy = policy }
            : new SharedEntry<T>(
                value,
                key,
                tags,
                asOf,
                times,
                value is string text ? 2L * text.Length : payload?.Length ?? 0
            )
            {
                Policy = policy,
            };
    }
}
