using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Caching.Hybrid;

namespace RedisFlow.Caching;

// Reading: memory first, then one shared load per key.
public sealed partial class StreamHybridCache
{
    /// <inheritdoc/>
    public override ValueTask<T> GetOrCreateAsync<TState, T>(
        string key,
        TState state,
        Func<TState, CancellationToken, ValueTask<T>> factory,
        HybridCacheEntryOptions? options = null,
        IEnumerable<string>? tags = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(factory);
        cancellationToken.ThrowIfCancellationRequested();

        // Only valid keys are ever stored, so a hit needs no validation.
        if (TryReadMemory<T>(key, FlagsOf(options), out var value))
        {
            return new ValueTask<T>(value);
        }

        CacheKey.Validate(key, "key", nameof(key));
        return LoadSharedAsync(key, state, factory, options, ValidTags(tags), cancellationToken);
    }

    /// <inheritdoc/>
    public override ValueTask<T> GetOrCreateAsync<TState, T>(
        ReadOnlySpan<char> key,
        TState state,
        Func<TState, CancellationToken, ValueTask<T>> factory,
        HybridCacheEntryOptions? options = null,
        IEnumerable<string>? tags = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(factory);
        cancellationToken.ThrowIfCancellationRequested();
        if (TryReadMemory<T>(key, FlagsOf(options), out var value))
        {
            return new ValueTask<T>(value);
        }

        var text = key.ToString();
        CacheKey.Validate(text, "key", nameof(key));
        return LoadSharedAsync(text, state, factory, options, ValidTags(tags), cancellationToken);
    }

    private static HybridCacheEntryFlags FlagsOf(HybridCacheEntryOptions? options) => options?.Flags ?? HybridCacheEntryFlags.None;

    private static string[] ValidTags(IEnumerable<string>? tags)
    {
        if (tags is null)
        {
            return [];
        }

        string[] valid = [.. tags.Distinct(StringComparer.Ordinal)];
        foreach (var tag in valid)
        {
            CacheKey.Validate(tag, "tag", nameof(tags));
            if (tag == InvalidationRules.EverythingTag)
            {
                throw new ArgumentException("The tag '*' stands for everything; an entry cannot have it.", nameof(tags));
            }
        }

        return valid;
    }

    private bool TryReadMemory<T>(ReadOnlySpan<char> key, HybridCacheEntryFlags flags, [MaybeNullWhen(false)] out T value)
    {
        value = default;
        if ((flags & HybridCacheEntryFlags.DisableLocalCacheRead) != 0)
        {
            return false;
        }

        // The time is read once for all that a hit has to ask of it.
        var now = _clock.Now;
        if (_level1.Get(key, now) is not { } entry || _log.IsBlind(_options.MaxBlindness, now))
        {
            return false;
        }

        // Another type under the same key is a miss.
        if (entry is SharedEntry<T> shared)
        {
            value = shared.Value;
        }
        else if (entry is SerializedEntry<T> serialized)
        {
            value = _serializers.Deserialize<T>(serialized.Payload);
        }
        else
        {
            return false;
        }

        _metrics.Level1Hits.Add();
        CacheReadScope.Record(CacheOutcome.L1);
        return true;
    }

    private async ValueTask<T> LoadSharedAsync<TState, T>(
        string key,
        TState state,
        Func<TState, CancellationToken, ValueTask<T>> factory,
        HybridCacheEntryOptions? options,
        string[] tags,
        CancellationToken cancellationToken)
    {
        var id = new FlightId(key, FlagsOf(options), typeof(T));
        while (true)
        {
            if (!_flights.TryGetValue(id, out var present))
            {
                var flight = BeginFlight<T>(key, tags);
                if (_flights.TryAdd(id, flight))
                {
                    _ = FlyAsync(id, flight, state, factory, options);
                    var own = await flight.WaitAsync(cancellationToken);
                    CacheReadScope.Record(own.Outcome);
                    return own.Value;
                }

                continue;
            }

            // A load that began before an invalidation may bring what was invalidated: whoever comes after it starts another one.
            if (IsStillCurrent(present) && present.TryJoin())
            {
                var loaded = await ((Flight<T>)present).WaitAsync(cancellationToken);
                CacheReadScope.Record(loaded.Outcome);
                if (Immutability.IsImmutable(loaded.Value))
                {
                    return loaded.Value;
                }

                // Mutable: a copy; where none can be made, a load of its own.
                return loaded.Payload is { } payload
                    ? _serializers.Deserialize<T>(payload)
                    : await factory(state, cancellationToken);
            }

            // Those who wait for it keep it; it only takes no more.
            _flights.TryRemove(KeyValuePair.Create(id, present));
        }
    }

    private Flight<T> BeginFlight<T>(string key, string[] tags)
    {
        var ticket = _log.Begin();
        return new Flight<T>(ticket, ticket.TailHadStarted && !IsBlind, key, tags);
    }

    private bool IsStillCurrent(Flight flight) => _log.IsCurrent(flight.Ticket, flight.Key, flight.Tags, out _);
}
