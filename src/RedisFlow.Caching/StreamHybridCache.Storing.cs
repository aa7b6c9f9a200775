using Microsoft.Extensions.Caching.Hybrid;
using RedisFlow.Caching.Invalidating;
using RedisFlow.Caching.L1;
using RedisFlow.Caching.L2;
using RedisFlow.Caching.Loading;
using RedisFlow.Caching.Policies;
using RedisFlow.Caching.Serialization;
using RedisFlow.Caching.Telemetry;
using RedisFlow.Caching.Time;
using RedisFlow.Streams;

namespace RedisFlow.Caching;

// Storing: what was found in Redis goes to memory, what was loaded to both, if it is still true.
public sealed partial class StreamHybridCache
{
    /// <summary>
    /// Judges an entry from Redis and takes it to memory. One that has expired is kept there for the case that the load
    /// fails.
    /// </summary>
    /// <returns>Its value; <c>null</c> if it must not be used.</returns>
    private Loaded<T>? Use<T>(SharedLoad<T> flight, L2Entry entry)
    {
        var ticket = flight.Ticket;
        if (!_log.IsStoredCurrent(ticket, entry.AsOf, flight.Key, entry.Tags, out _))
        {
            return null;
        }

        if (entry.IsNull && default(T) is not null)
        {
            // Nothing was cached as another type; to this one it would be zero.
            return null;
        }

        T value;
        try
        {
            value = entry.IsNull ? default! : _serializers.Deserialize<T>(entry.Payload);
        }
        catch (Exception exception)
        {
            _l2.Unreadable(flight.Key, exception);
            return null;
        }

        var loaded = new Loaded<T>(value, entry.IsNull ? null : entry.Payload, CacheOutcome.L2);
        var remaining = entry.Expires - _time.GetUtcNow();
        if (
            !flight.Plan.Has(HybridCacheEntryFlags.DisableLocalCacheWrite)
            && (remaining > TimeSpan.Zero || flight.Plan.Policy.FailSafe > TimeSpan.Zero)
        )
        {
            var local = flight.Plan.LifetimeOf(entry.IsNull, Random.Shared.NextDouble()).Local;
            var memory = MemoryEntry(
                flight.Key,
                entry.Tags,
                value,
                loaded.Payload,
                entry.AsOf,
                local < remaining ? local : remaining,
                remaining,
                flight.Plan.Policy
            );
            if (_tickets.IsTooOld(ticket) || !_l1.TryStoreFromL2(memory, ticket))
            {
                _metrics.DiscardedL1Fills.Add();
            }
        }

        return remaining > TimeSpan.Zero ? loaded : null;
    }

    private Task FillL2Async(string key, L2Entry entry, LoadTicket ticket, EntryPlan plan) =>
        _l2.FillAsync(key, entry, ticket.StartedAt, plan.Policy.FailSafe, Compresses(plan));

    private static bool Compresses(EntryPlan plan) => !plan.Has(HybridCacheEntryFlags.DisableCompression);

    /// <summary>Stores a loaded value in memory, if it may be stored.</summary>
    /// <returns>What is to be stored in Redis, or <c>null</c>.</returns>
    private L2Entry? Store<T>(string key, string[] tags, Encoded<T> encoded, in LoadTicket ticket, EntryPlan plan) =>
        MayStore(key, encoded, plan, out var lifetime)
            ? Store(key, tags, encoded, ticket, ticket.AsOf, plan, lifetime)
            : null;

    /// <summary>Stores a value in memory.</summary>
    /// <returns>What is to be stored in Redis, or <c>null</c>.</returns>
    private L2Entry? Store<T>(
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
            TryStoreInMemory(key, tags, encoded, ticket, asOf, plan, lifetime)
            && !plan.Has(HybridCacheEntryFlags.DisableDistributedCacheWrite)
            ? ForL2(tags, encoded.Payload, asOf, lifetime)
            : null;
    }

    /// <summary>Whether a value may be stored at all, whatever was invalidated, and for how long.</summary>
    private bool MayStore<T>(string key, Encoded<T> encoded, EntryPlan plan, out Lifetime lifetime)
    {
        var (value, payload) = encoded;
        lifetime = plan.LifetimeOf(value is null, Random.Shared.NextDouble());
        if ((payload is null && value is not null) || lifetime.Whole <= TimeSpan.Zero)
        {
            return false;
        }

        if (payload?.Length > _options.MaxPayloadBytes)
        {
            _metrics.TooLarge.Add();
            if (_notCached.MayLog(key))
            {
                CacheLog.TooLarge(_logger, key, payload.Value.Length, _options.MaxPayloadBytes);
            }

            return false;
        }

        return true;
    }

    /// <summary>Stores a value in memory, unless the call wants none there.</summary>
    /// <returns>Whether the value is still true.</returns>
    private bool TryStoreInMemory<T>(
        string key,
        string[] tags,
        Encoded<T> encoded,
        in LoadTicket ticket,
        MessagePosition asOf,
        EntryPlan plan,
        Lifetime lifetime
    )
    {
        var (value, payload) = encoded;
        var isCurrent =
            !_tickets.IsTooOld(ticket)
            && (
                plan.Has(HybridCacheEntryFlags.DisableLocalCacheWrite)
                    ? _log.IsCurrent(ticket, key, tags, out _)
                    : _l1.TryStore(
                        MemoryEntry(key, tags, value, payload, asOf, lifetime.Local, lifetime.Whole, plan.Policy),
                        ticket
                    )
            );
        if (!isCurrent)
        {
            _metrics.DiscardedL1Fills.Add();
        }

        return isCurrent;
    }

    private L2Entry ForL2(string[] tags, ReadOnlyMemory<byte>? payload, MessagePosition asOf, Lifetime lifetime)
    {
        var now = _time.GetUtcNow();
        return new L2Entry(asOf, now, now + lifetime.Whole, tags, payload is null, payload ?? default);
    }

    /// <param name="key">The key.</param>
    /// <param name="tags">Its tags.</param>
    /// <param name="value">The value.</param>
    /// <param name="payload">Its serialized form.</param>
    /// <param name="asOf">Its version.</param>
    /// <param name="lifetime">How long it is served; not positive if it has expired already.</param>
    /// <param name="whole">How long it lives in Redis: fail-safe counts from there.</param>
    /// <param name="policy">The key's policy.</param>
    private L1Entry MemoryEntry<T>(
        string key,
        string[] tags,
        T value,
        ReadOnlyMemory<byte>? payload,
        MessagePosition asOf,
        TimeSpan lifetime,
        TimeSpan whole,
        KeyPolicy policy
    )
    {
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

    /// <summary>
    /// Writes a value and reads it back. What was read back is what every reader gets, the first one and those who
    /// share its load included: so the value has one shape, for the one that loaded it as for all others, in memory and
    /// in Redis.
    /// </summary>
    private Encoded<T> Encode<T>(string key, T value)
    {
        if (value is null)
        {
            return new Encoded<T>(value, null);
        }

        try
        {
            var payload = _serializers.Serialize(value);
            return new Encoded<T>(_serializers.ReadBack(value, payload), payload);
        }
        catch (Exception exception)
        {
            // The serializer is the service's code. Its callers get their values all the same.
            _metrics.NotSerializable.Add();
            if (_notCached.MayLog(key))
            {
                CacheLog.NotSerializable(_logger, key, typeof(T).FullName ?? typeof(T).Name, exception);
            }

            return new Encoded<T>(value, null);
        }
    }
}
