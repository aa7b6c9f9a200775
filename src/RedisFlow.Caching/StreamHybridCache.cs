using Microsoft.Extensions.Caching.Hybrid;
using RedisFlow.Caching.Components;
using RedisFlow.Caching.Following;
using RedisFlow.Caching.Invalidating;
using RedisFlow.Caching.Keys;
using RedisFlow.Caching.L1;
using RedisFlow.Caching.Loading;
using RedisFlow.Caching.Policies;
using RedisFlow.Caching.Serialization;
using RedisFlow.Caching.Storing;
using RedisFlow.Caching.Writing;
using RedisFlow.Streams;

namespace RedisFlow.Caching;

/// <summary>
/// A <see cref="HybridCache"/> over this process's memory (L1) and Redis (L2), which the stream invalidates. An entry's
/// version is the position of the stream that was applied when its load began, never a clock; it is valid as long as
/// nothing that matches it was invalidated after that position.
/// </summary>
/// <remarks>
/// <para>
/// Keys, prefixes and tags have 1 to 1,024 characters, none of them a control character or half of a surrogate pair;
/// otherwise <see cref="ArgumentException"/>.
/// </para>
/// <para>
/// While this instance has not been at the stream's end for longer than
/// <see cref="CachingOptions.MaxDisconnectedTime"/>, neither level is read: what became stale is unknown. Loads of one
/// key are then still shared by callers that wait at the same time.
/// </para>
/// </remarks>
public sealed class StreamHybridCache : HybridCache
{
    private readonly CacheComponents _parts;
    private readonly IStreamTail _tail;
    private readonly LoadTickets _tickets;
    private readonly L1Reader _memory;
    private readonly ReadThrough _reads;
    private readonly WriteThrough _writes;
    private readonly InvalidationPublisher _publisher;
    private readonly ExternalLoads _external;

    internal StreamHybridCache(
        CacheComponents parts,
        IStreamTail tail,
        IStreamPublisher publisher,
        IFillObserver observer
    )
    {
        var (options, time, logger) = (parts.Options, parts.Time, parts.Logger);
        var (log, l1, l2, metrics) = (parts.Log, parts.L1, parts.L2, parts.Metrics);
        _parts = parts;
        _tail = tail;
        _tickets = new LoadTickets(log, options, time, logger);

        // What stores values: in memory, then in Redis.
        var encoder = new PayloadEncoder(parts.Serializers, options, metrics, time, logger);
        var l1Writer = new L1Writer(l1, log, _tickets, metrics, time);
        var writer = new EntryWriter(l1Writer, l2, encoder, time);
        _external = new ExternalLoads(_tickets, parts.Policies, encoder, writer);

        // The way of a read: memory, then the load that its callers share, which asks Redis, then the source.
        var failures = new LoadFailures(l1, options, time, logger);
        var loads = new SharedLoads(log, _tickets, failures, options, time);
        var l2Reader = new L2Reader(l2, l1Writer, log, parts.Serializers, time, observer);
        var leases = new LoadLeases(parts.Lease, l2, l2Reader, log, time, observer);
        var factories = new FactoryRunner(encoder, writer, parts.Instruments, options, time, observer);
        var runner = new LoadRunner(loads, l2Reader, leases, factories, writer, failures, observer);
        _memory = new L1Reader(l1, log, parts.Serializers, options, time);
        var waiter = new LoadWaiter(_memory, options, metrics, time);
        _reads = new ReadThrough(parts.Policies, _memory, loads, runner, waiter, parts.Serializers);

        // The way of a change: one message for all instances.
        _publisher = new InvalidationPublisher(publisher, log, l1, l2, options.Service);
        _writes = new WriteThrough(
            parts.Policies,
            _tickets,
            encoder,
            _publisher,
            writer,
            l1Writer,
            l2,
            tail,
            options,
            observer
        );
        Group = new GroupInvalidator(l2, parts.Resolver);
    }

    /// <summary>The service that the cache belongs to, see <see cref="CachingOptions.Service"/>.</summary>
    public string Service => _parts.Options.Service;

    /// <summary>Whether what is loaded now is stored.</summary>
    internal bool CanStore => BeginFill() is not null;

    internal TimeSpan WarmUpLimit => _parts.Options.WarmUpLimit;

    /// <summary>What the service's group does to this cache's entries in Redis.</summary>
    internal GroupInvalidator Group { get; }

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
                _reads.Refresh(key, state, factory, options, tags);
            }

            return new ValueTask<T>(value);
        }

        CacheKey.Validate(key, "key", nameof(key));
        return _reads.ReadAsync(key, state, factory, options, EntryTags.Validate(tags), cancellationToken);
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
                _reads.Refresh(key.ToString(), state, factory, options, tags);
            }

            return new ValueTask<T>(value);
        }

        var text = key.ToString();
        CacheKey.Validate(text, "key", nameof(key));
        return _reads.ReadAsync(text, state, factory, options, EntryTags.Validate(tags), cancellationToken);
    }

    /// <summary>
    /// Stores a value that the caller knows to be current, and drops the key at all other instances: at best in one
    /// round trip, message and value together. Where the stream has something that this instance has not heard yet, the
    /// value may be older than what was announced there. Then it is stored only if this instance hears its own message
    /// within <see cref="CachingOptions.RedisTimeout"/>, and nothing else that matches the key before it; else the next
    /// read loads. A value that cannot be serialized and read back, or that is larger than
    /// <see cref="CachingOptions.MaxPayloadBytes"/>, is not stored either: the log says so, once for each key, and the
    /// metric <c>redisflow.cache.not_cached</c> counts it. The key is dropped all the same.
    /// </summary>
    /// <exception cref="StreamPublishException">The other instances could not be told; nothing was stored for
    /// sure.</exception>
    /// <inheritdoc/>
    public override ValueTask SetAsync<T>(
        string key,
        T value,
        HybridCacheEntryOptions? options = null,
        IEnumerable<string>? tags = null,
        CancellationToken cancellationToken = default
    ) => _writes.SetAsync(key, value, options, tags, cancellationToken);

    /// <summary>
    /// Drops a key at all instances of the service. When this returns, this instance serves nothing that was cached
    /// before, not even to those who would have joined a load in flight; the others follow when they hear the message.
    /// </summary>
    /// <exception cref="StreamPublishException">The message could not be published; nothing was dropped for
    /// sure.</exception>
    /// <inheritdoc/>
    public override async ValueTask RemoveAsync(string key, CancellationToken cancellationToken = default)
    {
        CacheKey.Validate(key, "key", nameof(key));
        await _publisher.PublishAsync(Invalidation.Key(key), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Drops keys with one message; none, as of <c>null</c>, are nothing to do. See
    /// <see cref="RemoveAsync(string, CancellationToken)"/>.
    /// </summary>
    /// <inheritdoc/>
    public override async ValueTask RemoveAsync(IEnumerable<string> keys, CancellationToken cancellationToken = default)
    {
        await _publisher.PublishAsync(Invalidation.Of(keys: keys), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Drops every entry with the tag at all instances of the service, see
    /// <see cref="RemoveAsync(string, CancellationToken)"/>; <c>*</c> drops everything.
    /// </summary>
    /// <inheritdoc/>
    public override async ValueTask RemoveByTagAsync(string tag, CancellationToken cancellationToken = default)
    {
        CacheKey.Validate(tag, "tag", nameof(tag));
        await _publisher.PublishAsync(Invalidation.Tag(tag), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Drops the entries of several tags with one message; none, as of <c>null</c>, are nothing to do. See
    /// <see cref="RemoveByTagAsync(string, CancellationToken)"/>.
    /// </summary>
    /// <inheritdoc/>
    public override async ValueTask RemoveByTagAsync(
        IEnumerable<string> tags,
        CancellationToken cancellationToken = default
    )
    {
        await _publisher.PublishAsync(Invalidation.Of(tags: tags), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Drops every key under a prefix at all instances of the service, see <see cref="Invalidation.Prefix"/> and
    /// <see cref="RemoveAsync(string, CancellationToken)"/>.
    /// </summary>
    public async ValueTask RemoveByPrefixAsync(string prefix, CancellationToken cancellationToken = default)
    {
        CacheKey.Validate(prefix, "prefix", nameof(prefix));
        await _publisher.PublishAsync(Invalidation.Prefix(prefix), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Drops several things at once with one message, see <see cref="RemoveAsync(string, CancellationToken)"/>.
    /// </summary>
    /// <returns>The message's position: an instance that has applied it serves nothing of what was dropped.</returns>
    /// <exception cref="StreamPublishException">The message could not be published; nothing was dropped for
    /// sure.</exception>
    public ValueTask<MessagePosition> InvalidateAsync(
        CacheInvalidation invalidation,
        CancellationToken cancellationToken = default
    ) => _publisher.PublishAsync(invalidation, cancellationToken);

    /// <summary>What this cache did in this instance since its start.</summary>
    public CacheStatistics GetStatistics() =>
        new(
            _parts.Options.Service,
            [.. _parts.Policies.All.Select(policy => policy.Statistics.Summarize(policy.Name, policy.KeyPrefix))],
            _parts.L1.Count,
            _parts.L1.Bytes,
            _parts.Metrics.Evictions.Value,
            new L2Statistics(
                _parts.Metrics.L2Errors.Value,
                _parts.Metrics.UnreadableL2Entries.Value,
                _parts.L2.Circuit
            ),
            new InvalidationStatistics(
                _parts.Metrics.Invalidations.Value,
                _parts.Metrics.InvalidationRate.PerSecond,
                _parts.Log.Applied,
                _parts.Log.Lag,
                _tickets.IsBlind,
                _parts.Metrics.DiscardedL1Fills.Value,
                _parts.Metrics.DiscardedL2Fills.Value,
                _parts.Metrics.Flushes.Value
            )
        );

    /// <summary>
    /// Completes when this instance has applied the stream up to <paramref name="position"/>: reads after that are not
    /// older.
    /// </summary>
    /// <exception cref="OperationCanceledException">The token was cancelled before.</exception>
    public Task WaitUntilAppliedAsync(MessagePosition position, CancellationToken cancellationToken = default) =>
        _tail.WaitUntilAppliedAsync(position, cancellationToken);

    /// <summary>Takes note of what is known now, before a load begins whose result is to be stored.</summary>
    /// <returns><c>null</c> while nothing may be stored: before the tail's start, or while this instance is
    /// blind.</returns>
    internal LoadTicket? BeginFill() => _tickets.TryTake();

    /// <summary>Stores what was loaded under a ticket outside of the cache.</summary>
    /// <inheritdoc cref="ExternalLoads.StoreAsync"/>
    internal ValueTask StoreLoadedAsync<T>(
        string key,
        T value,
        LoadTicket ticket,
        HybridCacheEntryOptions? options,
        IEnumerable<string>? tags
    ) => _external.StoreAsync(key, value, ticket, options, tags);

    // Who only looks up needs no factory.
    private static void ThrowIfMissing(Delegate? factory, HybridCacheEntryOptions? options)
    {
        if (factory is null && EntryPlan.MayLoad(options))
        {
            throw new ArgumentNullException(nameof(factory));
        }
    }
}
