using Microsoft.Extensions.Caching.Hybrid;
using RedisFlow.Streams;

namespace RedisFlow.Caching;

// One load: Redis, then the source, then both levels are filled, each guarded by what the ticket says.
public sealed partial class StreamHybridCache
{
    private async Task FlyAsync<TState, T>(
        FlightId id,
        Flight<T> flight,
        TState state,
        Func<TState, CancellationToken, ValueTask<T>> factory,
        HybridCacheEntryOptions? options)
    {
        Level2Entry? toStore;
        try
        {
            Loaded<T> loaded;
            (loaded, toStore) = await FindOrLoadAsync(flight, state, factory, options);
            _flights.TryRemove(KeyValuePair.Create<FlightId, Flight>(id, flight));
            flight.Complete(loaded);
        }
        catch (Exception exception)
        {
            // Not swallowed: every caller gets it.
            _flights.TryRemove(KeyValuePair.Create<FlightId, Flight>(id, flight));
            flight.Fail(exception);
            return;
        }

        // The callers do not wait for this; the script sees to it that a late write does no harm.
        if (toStore is not null)
        {
            await ProbeAsync(FillStage.Level1Stored, flight.Key);
            await _level2.FillAsync(flight.Key, toStore, flight.Ticket.StartedAt);
        }
    }

    private async Task<(Loaded<T> Loaded, Level2Entry? ToStore)> FindOrLoadAsync<TState, T>(
        Flight<T> flight,
        TState state,
        Func<TState, CancellationToken, ValueTask<T>> factory,
        HybridCacheEntryOptions? options)
    {
        var flags = FlagsOf(options);
        await ProbeAsync(FillStage.Begun, flight.Key);
        var ticket = flight.Ticket;
        if (flight.UsesCache && (flags & HybridCacheEntryFlags.DisableDistributedCacheRead) == 0)
        {
            var entry = await _level2.ReadAsync(flight.Key);
            await ProbeAsync(FillStage.Level2Read, flight.Key);
            if (entry is not null && TryUse<T>(flight, ticket, entry, options, out var found))
            {
                _metrics.Level2Hits.Add();
                return (found, null);
            }
        }

        _metrics.Misses.Add();
        if (!flight.UsesCache)
        {
            _metrics.BlindReads.Add();
        }

        if ((flags & HybridCacheEntryFlags.DisableUnderlyingData) != 0)
        {
            return (new Loaded<T>(default!, null, CacheOutcome.Miss), null);
        }

        var value = await factory(state, flight.Abandoned);
        await ProbeAsync(FillStage.Loaded, flight.Key);
        var payload = TrySerialize(flight.Key, value);
        var toStore = flight.UsesCache ? Store(flight.Key, flight.Tags, value, payload, ticket, ticket.AsOf, options) : null;
        return (new Loaded<T>(value, payload, CacheOutcome.Miss), toStore);
    }

    private bool TryUse<T>(Flight flight, in FillTicket ticket, Level2Entry entry, HybridCacheEntryOptions? options, out Loaded<T> loaded)
    {
        loaded = default;
        var remaining = entry.Expires - _time.GetUtcNow();
        if (remaining <= TimeSpan.Zero || !_log.IsStoredCurrent(ticket, entry.AsOf, flight.Key, entry.Tags, out _))
        {
            return false;
        }

        T value;
        try
        {
            value = entry.IsNull ? default! : _serializers.Deserialize<T>(entry.Payload);
        }
        catch (Exception exception)
        {
            _level2.Unreadable(flight.Key, exception);
            return false;
        }

        loaded = new Loaded<T>(value, entry.IsNull ? null : entry.Payload, CacheOutcome.L2);
        if ((FlagsOf(options) & HybridCacheEntryFlags.DisableLocalCacheWrite) == 0)
        {
            var local = LocalExpiration(options);
            var memory = MemoryEntry(
                flight.Key, entry.Tags, value, loaded.Payload, entry.AsOf, local < remaining ? local : remaining);
            if (IsTooSlow(ticket) || !_level1.TryStoreFromLevel2(memory, ticket))
            {
                _metrics.DiscardedLevel1Fills.Add();
            }
        }

        return true;
    }

    /// <summary>Stores a value in memory.</summary>
    /// <returns>What is to be stored in Redis, or <c>null</c>.</returns>
    private Level2Entry? Store<T>(
        string key,
        string[] tags,
        T value,
        byte[]? payload,
        in FillTicket ticket,
        StreamPosition asOf,
        HybridCacheEntryOptions? options)
    {
        if (payload is null && value is not null)
        {
            return null;
        }

        if (payload?.Length > _options.MaxPayloadBytes)
        {
            if (_notCached.MayLog())
            {
                CacheLog.TooLarge(_logger, key, payload.Length);
            }

            return null;
        }

        if (IsTooSlow(ticket))
        {
            _metrics.DiscardedLevel1Fills.Add();
            return null;
        }

        var flags = FlagsOf(options);
        var isCurrent = (flags & HybridCacheEntryFlags.DisableLocalCacheWrite) == 0
            ? _level1.TryStore(MemoryEntry(key, tags, value, payload, asOf, LocalExpiration(options)), ticket)
            : _log.IsCurrent(ticket, key, tags, out _);
        if (!isCurrent)
        {
            // Neither in Redis: a loaded value would be refused there soon, and a set one has a later position than it deserves.
            _metrics.DiscardedLevel1Fills.Add();
            return null;
        }

        if ((flags & HybridCacheEntryFlags.DisableDistributedCacheWrite) != 0)
        {
            return null;
        }

        var now = _time.GetUtcNow();
        return new Level2Entry(asOf, now, now + Expiration(options), tags, value is null, payload);
    }

    private Level1Entry MemoryEntry<T>(
        string key,
        string[] tags,
        T value,
        ReadOnlyMemory<byte>? payload,
        StreamPosition asOf,
        TimeSpan lifetime)
    {
        var times = new EntryTimes(_clock.After(lifetime));
        return payload is { } serialized && !Immutability.IsImmutable(value)
            ? new SerializedEntry<T>(serialized, key, tags, asOf, times)
            : new SharedEntry<T>(value, key, tags, asOf, times, value is string text ? 2L * text.Length : payload?.Length ?? 0);
    }

    private byte[]? TrySerialize<T>(string key, T value)
    {
        if (value is null)
        {
            return null;
        }

        try
        {
            return _serializers.Serialize(value);
        }
        catch (Exception exception)
        {
            // The serializer is the service's code. Its callers get their values all the same.
            if (_notCached.MayLog())
            {
                CacheLog.NotSerializable(_logger, key, typeof(T).FullName ?? typeof(T).Name, exception);
            }

            return null;
        }
    }

    private bool IsTooSlow(in FillTicket ticket) => _time.GetElapsedTime(ticket.StartedAt) > _options.MaxLoadTime;

    private TimeSpan Expiration(HybridCacheEntryOptions? options) => options?.Expiration ?? _options.DefaultExpiration;

    private TimeSpan LocalExpiration(HybridCacheEntryOptions? options)
    {
        var whole = Expiration(options);
        var local = options?.LocalCacheExpiration ?? (options?.Expiration is null ? _options.DefaultLocalExpiration : null) ?? whole;
        return local < whole ? local : whole;
    }
}
