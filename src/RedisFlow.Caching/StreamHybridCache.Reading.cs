using Microsoft.Extensions.Caching.Hybrid;
using RedisFlow.Caching.Keys;
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
        if (_memory.TryRead<T>(key, options, out var value, out var isDue))
        {
            if (isDue)
            {
                RefreshEagerly(key, state, factory, options, tags);
            }

            return new ValueTask<T>(value);
        }

        CacheKey.Validate(key, "key", nameof(key));
        return LoadSharedAsync(key, state, factory, options, EntryTags.Validate(tags), cancellationToken);
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
        if (_memory.TryRead<T>(key, options, out var value, out var isDue))
        {
            if (isDue)
            {
                RefreshEagerly(key.ToString(), state, factory, options, tags);
            }

            return new ValueTask<T>(value);
        }

        var text = key.ToString();
        CacheKey.Validate(text, "key", nameof(key));
        return LoadSharedAsync(text, state, factory, options, EntryTags.Validate(tags), cancellationToken);
    }

    // Who only looks up needs no factory.
    private static void ThrowIfMissing(Delegate? factory, HybridCacheEntryOptions? options)
    {
        if (factory is null && EntryPlan.MayLoad(options))
        {
            throw new ArgumentNullException(nameof(factory));
        }
    }
}
