using RedisFlow.Benchmarks.Measuring;
using RedisFlow.Benchmarks.Micro;
using RedisFlow.Benchmarks.Scenarios;

namespace RedisFlow.Benchmarks.Reporting;

/// <summary>The cache beside what one could use instead: medians of the same run.</summary>
internal static class CacheRatios
{
    /// <summary>The ratios that say something; what was not measured is left out.</summary>
    public static IEnumerable<Ratio> Of(IReadOnlyList<Measurement> measurements)
    {
        (string Name, double? Part, double? Whole)[] pairs =
        [
            ("cache: time of an L1 hit / of MemoryCache", Time(CacheNames.Hit), Time(CacheNames.MemoryCache)),
            ("cache: time of an L1 hit of a record / of MemoryCache", Time(CacheNames.HitRecord), Time(CacheNames.MemoryCache)),
            ("cache: time of an L1 hit / of a dictionary", Time(CacheNames.Hit), Time(CacheNames.Dictionary)),
            ("cache: time of an L2 hit / of a plain GET", Time(CacheNames.Level2Hit), Time(CacheNames.PlainGet)),
            .. CacheThreadsScenario.Threads.SelectMany(threads => CacheThreadsScenario.KeyCounts.Select(keys =>
                (CacheThreadsScenario.Named("cache-threads: rate of L1 hits / of MemoryCache", threads, keys),
                Rate(CacheThreadsScenario.Cache, threads, keys),
                Rate(CacheThreadsScenario.Memory, threads, keys)))),
            .. CacheThreadsScenario.Threads.SelectMany(threads => CacheThreadsScenario.KeyCounts.Select(keys =>
                (CacheThreadsScenario.Named("cache-threads: rate with the meters on / nobody listens", threads, keys),
                Rate(CacheThreadsScenario.Cache, threads, keys),
                Rate(CacheThreadsScenario.Quiet, threads, keys)))),
            .. CacheBulkScenario.Sizes.Select(size => (
                CacheBulkScenario.Named("cache-bulk: time of SCAN and DEL / of a prefix invalidation", size),
                Bulk(CacheBulkScenario.Scan, size, CacheBulkScenario.Done),
                Bulk(CacheBulkScenario.Prefix, size, CacheBulkScenario.Done))),
        ];
        return [.. pairs.Where(pair => pair is { Part: not null, Whole: not null })
            .Select(pair => new Ratio(pair.Name, Metric.Single("ratio", "", pair.Part!.Value / pair.Whole!.Value)))];

        double? Median(string scenario, string name, string metric) =>
            measurements.FirstOrDefault(m => m.Scenario == scenario && m.Name == name)?.Median(metric);
        double? Time(string name) => Median(CacheScenario.ScenarioName, name, CacheScenario.Time);
        double? Rate(string subject, int threads, int keys) =>
            Median(CacheThreadsScenario.ScenarioName, CacheThreadsScenario.Named(subject, threads, keys), MetricNames.Rate);
        double? Bulk(string kind, int size, string metric) => Median(CacheBulkScenario.ScenarioName, CacheBulkScenario.Named(kind, size), metric);
    }
}
