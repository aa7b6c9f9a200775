using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using RedisFlow.Caching.Following;
using RedisFlow.Caching.Invalidating;
using RedisFlow.Caching.L1;
using RedisFlow.Caching.L2;
using RedisFlow.Caching.Policies;
using RedisFlow.Caching.Serialization;
using RedisFlow.Caching.Telemetry;
using RedisFlow.Streams;
using StackExchange.Redis;

namespace RedisFlow.Caching.Components;

/// <summary>
/// The parts of one cache, put together. What they have to do with the stream's tail and publisher is the cache's own
/// business.
/// </summary>
internal sealed class CacheComponents : IDisposable
{
    public CacheComponents(
        CachingOptions options,
        InvalidationMap map,
        Func<IDatabase> redis,
        Serializers serializers,
        CacheInstruments instruments,
        TimeProvider time,
        ILogger logger,
        IOptions<StreamOptions>? streams = null
    )
    {
        Options = options;
        Serializers = serializers;
        Instruments = instruments;
        Time = time;
        Logger = logger;
        Metrics = new CacheMetrics(time);
        Policies = new PolicyTable(options);
        Log = new InvalidationLog(options.RememberedKeys, options.RememberedEpochs, options.MaxLoadTime, time);
        L1 = new L1Cache(Log, options, time, Metrics);
        L2 = new L2Cache(
            redis,
            options,
            time,
            Metrics,
            logger,
            streams is null ? null : new StreamKeys(streams.Value.Name).Stream
        );
        Lease = new L2Lease(L2, options, time);
        Resolver = new InvalidationResolver(map, options.Service, logger);
        Observer = new TailInvalidator(Log, L1, L2, Resolver, Metrics, logger);
        instruments.Add(
            options.Service,
            Metrics,
            new CacheGauges(() => L1.Count, () => L1.Bytes, () => L2.Circuit),
            Policies
        );
    }

    public CachingOptions Options { get; }

    public CacheMetrics Metrics { get; }

    public CacheInstruments Instruments { get; }

    public PolicyTable Policies { get; }

    public InvalidationLog Log { get; }

    public L1Cache L1 { get; }

    public L2Cache L2 { get; }

    public L2Lease Lease { get; }

    public InvalidationResolver Resolver { get; }

    public Serializers Serializers { get; }

    public TailInvalidator Observer { get; }

    public TimeProvider Time { get; }

    public ILogger Logger { get; }

    public void Dispose() => Observer.Dispose();
}
