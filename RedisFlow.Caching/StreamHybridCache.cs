using System.Collections.Concurrent;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.Logging;
using RedisFlow.Streams;

namespace RedisFlow.Caching;

/// <summary>
/// A <see cref="HybridCache"/> over this process's memory (L1) and Redis (L2), which the stream invalidates. An entry's version is the
/// position of the stream that was applied when its load began, never a clock; it is valid as long as nothing that matches it was
/// invalidated after that position.
/// </summary>
/// <remarks>
/// <para>
/// Keys, prefixes and tags have 1 to 1,024 characters, none of them a control character; otherwise <see cref="ArgumentException"/>.
/// </para>
/// <para>
/// While this instance has not been at the stream's end for longer than <see cref="CachingOptions.MaxBlindness"/>, neither level is read:
/// what became stale is unknown. Loads of one key are then still shared by callers that wait at the same time.
/// </para>
/// </remarks>
public sealed partial class StreamHybridCache : HybridCache
{
    private readonly CachingOptions _options;
    private readonly InvalidationLog _log;
    private readonly Level1Cache _level1;
    private readonly Level2Cache _level2;
    private readonly InvalidationResolver _resolver;
    private readonly IStreamTail _tail;
    private readonly IStreamPublisher _publisher;
    private readonly Serializers _serializers;
    private readonly CacheMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly CoarseClock _clock;
    private readonly ILogger<StreamHybridCache> _logger;
    private readonly LogThrottle _notCached;
    private readonly ConcurrentDictionary<FlightId, Flight> _flights = new();

    internal StreamHybridCache(
        CachingOptions options,
        InvalidationLog log,
        Level1Cache level1,
        Level2Cache level2,
        InvalidationResolver resolver,
        IStreamTail tail,
        IStreamPublisher publisher,
        Serializers serializers,
        CacheMetrics metrics,
        TimeProvider time,
        ILogger<StreamHybridCache> logger)
    {
        _options = options;
        _log = log;
        _level1 = level1;
        _level2 = level2;
        _resolver = resolver;
        _tail = tail;
        _publisher = publisher;
        _serializers = serializers;
        _metrics = metrics;
        _time = time;
        _clock = new CoarseClock(time);
        _logger = logger;
        _notCached = new LogThrottle(time);
    }

    /// <summary>Called at the stages of each load. For tests: it makes races happen in a chosen order.</summary>
    internal Func<FillStage, string, Task>? Probe { get; set; }

    private bool IsBlind => _log.IsBlind(_options.MaxBlindness);

    /// <summary>Completes when this instance has applied the stream up to <paramref name="position"/>: reads after that are not older.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled before.</exception>
    public Task WaitUntilAppliedAsync(StreamPosition position, CancellationToken cancellationToken = default) =>
        _tail.WaitUntilAppliedAsync(position, cancellationToken);

    internal async Task ApplyToLevel2Async(StreamDelivery delivery, CancellationToken cancellationToken)
    {
        foreach (var invalidation in _resolver.Resolve(delivery.Message, delivery.Payload))
        {
            await _level2.InvalidateAsync(invalidation, delivery.Position, cancellationToken);
        }
    }

    internal Task DropLevel2Async(StreamPosition position, CancellationToken cancellationToken) =>
        _level2.InvalidateAsync(Invalidation.Everything, position, cancellationToken);

    private Task ProbeAsync(FillStage stage, string key) => Probe?.Invoke(stage, key) ?? Task.CompletedTask;
}
