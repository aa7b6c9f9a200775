using System.Diagnostics.Metrics;
using RedisFlow.Caching.Policies;
using RedisFlow.Caching.Statistics;

namespace RedisFlow.Caching.Telemetry;

/// <summary>
/// The instruments of all caches of the application. All but the duration of loads are observed: a hit costs one
/// increment, whether or not anybody listens.
/// </summary>
internal sealed class CacheInstruments : IDisposable
{
    public const string MeterName = "RedisFlow.Caching";

    private const string ServiceTag = "cache.service";
    private const string PolicyTag = "cache.policy";
    private const string LevelTag = "cache.level";
    private const string ReasonTag = "cache.reason";

    private readonly Lock _gate = new();
    private readonly Meter _meter;
    private volatile Source[] _sources = [];

    public CacheInstruments(IMeterFactory? factory = null)
    {
        _meter = factory?.Create(MeterName) ?? new Meter(MeterName);
        _meter.CreateObservableCounter("redisflow.cache.hits", Hits, "{hit}", "Reads that found a valid entry.");
        PerPolicy(
            "redisflow.cache.misses",
            "{miss}",
            "Reads that found no valid entry at any level.",
            policy => policy.Misses
        );
        PerPolicy(
            "redisflow.cache.stale_reads",
            "{read}",
            "Reads that were answered with an expired entry, or while the instance was blind.",
            policy => policy.StaleReads
        );
        PerPolicy("redisflow.cache.load.failures", "{load}", "Loads that failed.", policy => policy.LoadFailures);
        PerPolicy(
            "redisflow.cache.load.timeouts",
            "{load}",
            "Times that a caller did not wait for a load any longer.",
            policy => policy.LoadTimeouts
        );
        PerPolicy(
            "redisflow.cache.eager_refreshes",
            "{load}",
            "Loads that began before an entry expired.",
            policy => policy.EagerRefreshes
        );
        LoadDuration = _meter.CreateHistogram<double>(
            "redisflow.cache.load.duration",
            "s",
            "How long loads from the source took."
        );
        _meter.CreateObservableCounter(
            "redisflow.cache.discarded_fills",
            DiscardedFills,
            "{fill}",
            "Loaded values that were not stored, because they had become stale meanwhile or their load took too long."
        );
        _meter.CreateObservableCounter(
            "redisflow.cache.not_cached",
            NotCached,
            "{value}",
            "Values that were loaded or set and cannot be cached."
        );
        PerCache(
            "redisflow.cache.flushes",
            "{flush}",
            "Times that everything was dropped, because messages were missed or not understood.",
            cache => cache.Flushes
        );
        PerCache(
            "redisflow.cache.invalidations",
            "{invalidation}",
            "Invalidations that the tail applied.",
            cache => cache.Invalidations
        );
        PerCache(
            "redisflow.cache.blind_reads",
            "{read}",
            "Reads that passed the cache by, because the instance had not been at the stream's end for too long.",
            cache => cache.BlindReads
        );
        PerCache(
            "redisflow.cache.l2.errors",
            "{error}",
            "Operations on Redis that failed or took too long.",
            cache => cache.L2Errors
        );
        PerCache(
            "redisflow.cache.l2.unreadable",
            "{entry}",
            "Entries in Redis that could not be read.",
            cache => cache.UnreadableL2Entries
        );
        PerCache(
            "redisflow.cache.evictions",
            "{entry}",
            "Entries that were dropped from memory to keep the limits.",
            cache => cache.Evictions
        );
        _meter.CreateObservableGauge(
            "redisflow.cache.l2.circuit",
            () => Each(cache => (long)cache.Gauges.Circuit()),
            description: "Whether Redis is asked for entries: 0 closed, 1 half-open, 2 open."
        );
        _meter.CreateObservableUpDownCounter(
            "redisflow.cache.entries",
            () => Each(cache => cache.Gauges.Entries()),
            "{entry}",
            "Entries in memory."
        );
        _meter.CreateObservableUpDownCounter(
            "redisflow.cache.size",
            () => Each(cache => cache.Gauges.Bytes()),
            "By",
            "Bytes that the entries in memory take, by estimate."
        );
    }

    public Meter Meter => _meter;

    public Histogram<double> LoadDuration { get; }

    /// <summary>From now on reports a cache, too.</summary>
    public void Add(string service, CacheMetrics metrics, CacheGauges gauges, PolicyTable policies)
    {
        lock (_gate)
        {
            _sources = [.. _sources, new Source(service, metrics, gauges, policies)];
        }
    }

    public void RecordLoad(string service, KeyPolicy policy, TimeSpan duration) =>
        LoadDuration.Record(duration.TotalSeconds, Tag(ServiceTag, service), Tag(PolicyTag, policy.Name));

    public void Dispose() => _meter.Dispose();

    private static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);

    private void PerPolicy(
        string name,
        string unit,
        string description,
        Func<PolicyStatistics, StripedCounter> counter
    ) =>
        _meter.CreateObservableCounter(
            name,
            () =>
                _sources.SelectMany(source =>
                    source.Policies.All.Select(policy => new Measurement<long>(
                        counter(policy.Statistics).Value,
                        Tag(ServiceTag, source.Service),
                        Tag(PolicyTag, policy.Name)
                    ))
                ),
            unit,
            description
        );

    private void PerCache(string name, string unit, string description, Func<CacheMetrics, StripedCounter> counter) =>
        _meter.CreateObservableCounter(name, () => Each(cache => counter(cache.Metrics).Value), unit, description);

    private IEnumerable<Measurement<long>> Each(Func<Source, long> value) =>
        _sources.Select(source => new Measurement<long>(value(source), Tag(ServiceTag, source.Service)));

    private IEnumerable<Measurement<long>> Hits() =>
        from source in _sources
        from policy in source.Policies.All
        from hits in new[] { ("L1", policy.Statistics.L1Hits), ("L2", policy.Statistics.L2Hits) }
        select new Measurement<long>(
            hits.Item2.Value,
            Tag(LevelTag, hits.Item1),
            Tag(ServiceTag, source.Service),
            Tag(PolicyTag, policy.Name)
        );

    private IEnumerable<Measurement<long>> DiscardedFills() =>
        from source in _sources
        from fills in new[] { ("L1", source.Metrics.DiscardedL1Fills), ("L2", source.Metrics.DiscardedL2Fills) }
        select new Measurement<long>(fills.Item2.Value, Tag(LevelTag, fills.Item1), Tag(ServiceTag, source.Service));

    private IEnumerable<Measurement<long>> NotCached() =>
        from source in _sources
        from values in new[]
        {
            ("not_serializable", source.Metrics.NotSerializable),
            ("too_large", source.Metrics.TooLarge),
        }
        select new Measurement<long>(values.Item2.Value, Tag(ReasonTag, values.Item1), Tag(ServiceTag, source.Service));

    private sealed record Source(string Service, CacheMetrics Metrics, CacheGauges Gauges, PolicyTable Policies);
}
