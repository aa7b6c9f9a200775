using System.Collections.Concurrent;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.Logging;
using RedisFlow.Caching.Components;
using RedisFlow.Caching.Invalidating;
using RedisFlow.Caching.L1;
using RedisFlow.Caching.L2;
using RedisFlow.Caching.Loading;
using RedisFlow.Caching.Policies;
using RedisFlow.Caching.Serialization;
using RedisFlow.Caching.Storing;
using RedisFlow.Caching.Telemetry;
using RedisFlow.Caching.Time;
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
    private readonly bool _groupCleansL2;
    private readonly InvalidationResolver _resolver;
    private readonly IStreamTail _tail;
    private readonly IStreamPublisher _publisher;
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
        _groupCleansL2 = components.GroupCleansL2;
        _resolver = components.Resolver;
        _tail = tail;
        _publisher = publisher;
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
        _notLoaded = new LogThrottle(_time);
    }

    /// <summary>The service that the cache belongs to, see <see cref="CachingOptions.Service"/>.</summary>
    public string Service => _options.Service;

    /// <summary>Called at the stages of each load. For tests: it makes races happen in a chosen order.</summary>
    internal Func<FillStage, string, Task>? Probe { get; set; }

    /// <summary>Whether what is loaded now is stored.</summary>
    internal bool CanStore => BeginFill() is not null;

    internal TimeSpan WarmUpLimit => _options.WarmUpLimit;

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

    internal Task ApplyToL2Async(StreamDelivery delivery, CancellationToken cancellationToken) =>
        ApplyToL2Async(delivery.Position, _resolver.Resolve(delivery.Message, delivery.Payload), cancellationToken);

    internal Task ApplyUnknownToL2Async(
        MessagePosition position,
        StreamMessage message,
        CancellationToken cancellationToken
    ) => ApplyToL2Async(position, _resolver.ResolveUnknown(message), cancellationToken);

    internal Task DropL2Async(MessagePosition position, CancellationToken cancellationToken) =>
        _l2.InvalidateAsync(Invalidation.Everything, position, cancellationToken);

    private async Task ApplyToL2Async(
        MessagePosition position,
        IReadOnlyList<CacheInvalidation> invalidations,
        CancellationToken cancellationToken
    )
    {
        foreach (var invalidation in invalidations)
        {
            await _l2.InvalidateAsync(invalidation, position, cancellationToken).ConfigureAwait(false);
        }
    }

    private Task ProbeAsync(FillStage stage, string key) => Probe?.Invoke(stage, key) ?? Task.CompletedTask;
}
