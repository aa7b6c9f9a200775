using RedisFlow.Benchmarks.Measuring;
using RedisFlow.Benchmarks.Micro;
using RedisFlow.Benchmarks.Scenarios;

namespace RedisFlow.Benchmarks.Reporting;

/// <summary>The cache beside what one could use instead: figures of the same run.</summary>
internal static class CacheRatios
{
    /// <summary>The ratios that say something; what was not measured is left out.</summary>
    public static IEnumerable<Ratio> Of(IReadOnlyList<Measurement> measurements)
    {
        (string Name, double? Part, double? Whole)[] pairs =
        [
            ("cache: time of an L1 hit / of MemoryCache", Time(CacheNames.Hit), Time(CacheNames.MemoryCache)),
            (
                "cache: time of an L1 hit of a record / of MemoryCache",
                Time(CacheNames.HitRecord),
                Time(CacheNames.MemoryCache)
            ),
            ("cache: time of an L1 hit / of a dictionary", Time(CacheNames.Hit), Time(CacheNames.Dictionary)),
            ("cache: time of an L2 hit / of a plain GET", Time(CacheNames.L2Hit), Time(CacheNames.PlainGet)),
            .. CacheBulkScenario.Sizes.Select(size =>
                (
                    CacheBulkScenario.Named("cache-bulk: time of SCAN and DEL / of a prefix invalidation", size),
                    Bulk(CacheBulkScenario.Scan, size, CacheBulkScenario.Done),
                    Bulk(CacheBulkScenario.Prefix, size, CacheBulkScenario.Done)
                )
            ),
        ];
        return
        [
            .. pairs
                .Where(pair => pair is { Part: not null, Whole: not null })
                .Select(pair => new Ratio(pair.Name, Metric.Single("ratio", "", pair.Part!.Value / pair.Whole!.Value))),
            .. Threads(CacheThreadsScenario.Memory),
            .. Threads(CacheThreadsScenario.Quiet),
        ];

        // Measured in turn, so divided within each repetition.
        IEnumerable<Ratio> Threads(string beside) =>
            from threads in CacheThreadsScenario.Threads
            from keys in CacheThreadsScenario.KeyCounts
            let part = Named(
                CacheThreadsScenario.ScenarioName,
                CacheThreadsScenario.Named(CacheThreadsScenario.Cache, threads, keys)
            )
            let whole = Named(CacheThreadsScenario.ScenarioName, CacheThreadsScenario.Named(beside, threads, keys))
            where part is not null && whole is not null
            select new Ratio(
                CacheThreadsScenario.Named(
                    $"cache-threads: rate of {CacheThreadsScenario.Cache} / {beside}",
                    threads,
                    keys
                ),
                Ratio.Rates(part, whole)
            );

        Measurement? Named(string scenario, string name) =>
            measurements.FirstOrDefault(m => m.Scenario == scenario && m.Name == name);
        double? Median(string scenario, string name, string metric) => Named(scenario, name)?.Median(metric);
        double? Time(string name) => Median(CacheScenario.ScenarioName, name, CacheScenario.Time);
        double? Bulk(string kind, int size, string metric) =>
            Median(CacheBulkScenario.ScenarioName, CacheBulkScenario.Named(kind, size), metric);
    }
}
