using System.Collections.Concurrent;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.Logging;
using RedisFlow.Caching.Components;
using RedisFlow.Caching.Following;
using RedisFlow.Caching.Invalidating;
using RedisFlow.Caching.L1;
using RedisFlow.Caching.L2;
using RedisFlow.Caching.Loading;
using RedisFlow.Caching.Policies;
using RedisFlow.Caching.Serialization;
using RedisFlow.Caching.Storing;
using RedisFlow.Caching.Telemetry;
using RedisFlow.Caching.Time;
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
public sealed partial class StreamHybridCache : HybridCache
{
    private readonly CachingOptions _options;
    private readonly PolicyTable _policies;
    private readonly InvalidationLog _log;
    private readonly L1Cache _l1;
    private readonly L2Cache _l2;
    private readonly L2Lease _lease;
    private readonly IStreamTail _tail;
    private readonly Serializers _serializers;
    private readonly CacheMetrics _metrics;
    private readonly CacheInstruments _instruments;
    private readonly TimeProvider _time;
    private readonly CoarseClock _clock;
    private readonly LoadTickets _tickets;
    private readonly L1Reader _memory;
    private readonly PayloadEncoder _encoder;
    private readonly L1Writer _l1Writer;
    private readonly EntryWriter _writer;
    private readonly ExternalLoads _external;
    private readonly InvalidationPublisher _publisher;
    private readonly WriteThrough _writes;
    private readonly FillProbe _probe = new();
    private readonly ILogger _logger;
    private readonly LogThrottle _notLoaded;
    private readonly ConcurrentDictionary<SharedLoadId, SharedLoad> _sharedLoads = new();

    internal StreamHybridCache(CacheComponents components, IStreamTail tail, IStreamPublisher publisher)
    {
        _options = components.Options;
        _policies = components.Policies;
        _log = components.Log;
        _l1 = components.L1;
        _l2 = components.L2;
        _lease = components.Lease;
        _tail = tail;
        _serializers = components.Serializers;
        _metrics = components.Metrics;
        _instruments = components.Instruments;
        _time = components.Time;
        _clock = new CoarseClock(_time);
        _logger = components.Logger;
        _tickets = new LoadTickets(_log, _options, _time, _logger);
        _memory = new L1Reader(_l1, _log, _serializers, _options, _time);
        _encoder = new PayloadEncoder(_serializers, _options, _metrics, _time, _logger);
        _l1Writer = new L1Writer(_l1, _log, _tickets, _metrics, _time);
        _writer = new EntryWriter(_l1Writer, _l2, _encoder, _time);
        _external = new ExternalLoads(_tickets, _policies, _encoder, _writer);
        _publisher = new InvalidationPublisher(publisher, _log, _l1, _l2, components.GroupCleansL2, _options.Service);
        _writes = new WriteThrough(
            _policies,
            _tickets,
            _encoder,
            _publisher,
            _writer,
            _l1Writer,
            _l2,
            tail,
            _options,
            _probe
        );
        Group = new GroupInvalidator(_l2, components.Resolver);
        _notLoaded = new LogThrottle(_time);
    }

    /// <summary>The service that the cache belongs to, see <see cref="CachingOptions.Service"/>.</summary>
    public string Service => _options.Service;

    /// <summary>Called at the stages of each load. For tests: it makes races happen in a chosen order.</summary>
    internal Func<FillStage, string, Task>? Probe
    {
        get => _probe.Hook;
        set => _probe.Hook = value;
    }

    /// <summary>Whether what is loaded now is stored.</summary>
    internal bool CanStore => BeginFill() is not null;

    internal TimeSpan WarmUpLimit => _options.WarmUpLimit;

    /// <summary>What the service's group does to this cache's entries in Redis.</summary>
    internal GroupInvalidator Group { get; }

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
            _options.Service,
            [.. _policies.All.Select(policy => policy.Statistics.Summarize(policy.Name, policy.KeyPrefix))],
            _l1.Count,
            _l1.Bytes,
            _metrics.Evictions.Value,
            new L2Statistics(_metrics.L2Errors.Value, _metrics.UnreadableL2Entries.Value, _l2.Circuit),
            new InvalidationStatistics(
                _metrics.Invalidations.Value,
                _metrics.InvalidationRate.PerSecond,
                _log.Applied,
                _log.Lag,
                _tickets.IsBlind,
                _metrics.DiscardedL1Fills.Value,
                _metrics.DiscardedL2Fills.Value,
                _metrics.Flushes.Value
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
}
