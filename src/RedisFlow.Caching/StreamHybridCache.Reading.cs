using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Caching.Hybrid;
using RedisFlow.Caching.Keys;
using RedisFlow.Caching.L1;
using RedisFlow.Caching.Policies;

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
        CancellationToken cancellationToken = default
    )
    {
        ThrowIfMissing(factory, options);
        cancellationToken.ThrowIfCancellationRequested();

        // Only valid keys are ever stored, so a hit needs no validation.
        if (TryReadMemory<T>(key, options, out var value, out var isDue))
        {
            if (isDue)
            {
                RefreshEagerly(key, state, factory, options, tags);
            }

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
        CancellationToken cancellationToken = default
    )
    {
        ThrowIfMissing(factory, options);
        cancellationToken.ThrowIfCancellationRequested();
        if (TryReadMemory<T>(key, options, out var value, out var isDue))
        {
            if (isDue)
            {
                RefreshEagerly(key.ToString(), state, factory, options, tags);
            }

            return new ValueTask<T>(value);
        }

        var text = key.ToString();
        CacheKey.Validate(text, "key", nameof(key));
        return LoadSharedAsync(text, state, factory, options, ValidTags(tags), cancellationToken);
    }

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
                throw new ArgumentException(
                    "The tag '*' stands for everything; an entry cannot have it.",
                    nameof(tags)
                );
            }
        }

        return valid;
    }

    /// <param name="key">The key.</param>
    /// <param name="options">What the call says.</param>
    /// <param name="value">The value.</param>
    /// <param name="isDue">Whether this hit is the one that has to reload the entry.</param>
    private bool TryReadMemory<T>(
        ReadOnlySpan<char> key,
        HybridCacheEntryOptions? options,
        [MaybeNullWhen(false)] out T value,
        out bool isDue
    )
    {
        value = default;
        isDue = false;
        if (options is not null && (options.Flags & HybridCacheEntryFlags.DisableLocalCacheRead) > 0)
        {
            return false;
        }

        // The time is read once; for most hits, one look at it is all there is to do.
        var now = _clock.Now;
        var isBlind = _log.IsBlind(_options.MaxDisconnectedTime, now);
        if (
            _l1.Get(key, now) is not { } entry
            || (isBlind && _log.IsBlind(entry.Policy.MaxDisconnectedTime, now))
            || !TryGetValue(entry, out value)
        )
        {
            // Another type under the same key is a miss, too.
            return false;
        }

        if (isBlind)
        {
            Record(entry.Policy, CacheOutcome.Stale);
            return true;
        }

        if (entry.Policy.Statistics.L1Hits.Add() % HitsPerSample == 0)
        {
            SampleHit<T>(key, entry.Policy);
        }

        CacheReadScope.Record(CacheOutcome.L1);
        isDue = now >= entry.CheckAt && MayLoad(options) && entry.TryBeginRefresh();
        return true;
    }

    // Who only looks up needs no factory.
    private static void ThrowIfMissing(Delegate? factory, HybridCacheEntryOptions? options)
    {
        if (factory is null && MayLoad(options))
        {
            throw new ArgumentNullException(nameof(factory));
        }
    }

    private static bool MayLoad(HybridCacheEntryOptions? options) =>
        options is null || (options.Flags & HybridCacheEntryFlags.DisableUnderlyingData) == 0;

    private bool TryGetValue<T>(L1Entry entry, [MaybeNullWhen(false)] out T value)
    {
        if (entry is SharedEntry<T> shared)
        {
            value = shared.Value;
            return true;
        }

        if (entry is SerializedEntry<T> serialized)
        {
            value = _serializers.Deserialize<T>(serialized.Payload);
            return true;
        }

        value = default;
        return false;
    }

    /// <summary>Does the work of a hit once more, with a stopwatch.</summary>
    private void SampleHit<T>(ReadOnlySpan<char> key, KeyPolicy policy)
    {
        var begun = _time.GetTimestamp();
        if (_l1.Get(key) is { } entry && TryGetValue<T>(entry, out _))
        {
            policy.Statistics.L1.Add(_time.GetElapsedTime(begun));
        }
    }

    private static void Record(KeyPolicy policy, CacheOutcome outcome)
    {
        var statistics = policy.Statistics;
        switch (outcome)
        {
            case CacheOutcome.L1:
                statistics.L1Hits.Add();
                break;
            case CacheOutcome.L2:
                statistics.L2Hits.Add();
                break;
            case CacheOutcome.Stale:
                statistics.StaleReads.Add();
                break;
            default:
                statistics.Misses.Add();
                break;
        }

        CacheReadScope.Record(outcome);
    }
}
