using RedisFlow.Benchmarks.Measuring;
using RedisFlow.Benchmarks.Micro;
using RedisFlow.Benchmarks.Scenarios;

namespace RedisFlow.Benchmarks.Reporting;

/// <summary>What the cache's figures should be.</summary>
internal static class CacheTargets
{
    /// <summary>
    /// Timings of something that costs the same are not the same; what grows with the entries grows a thousandfold.
    /// </summary>
    private const double SameWithinFactor = 2;

    /// <summary>
    /// Judges the measurements of one setting of the append-only file; what was not measured is left out.
    /// </summary>
    public static IEnumerable<Target> Judge(IReadOnlyList<Measurement> measurements)
    {
        Measurement? Named(string scenario, string name) =>
            measurements.FirstOrDefault(m => m.Scenario == scenario && m.Name == name);

        var bare = Named(CacheScenario.ScenarioName, CacheNames.MemoryCache);
        foreach (var name in CacheNames.Hits)
        {
            if (Named(CacheScenario.ScenarioName, name) is { } hit && bare is not null)
            {
                var ratio = hit.Median(CacheScenario.Time)!.Value / bare.Median(CacheScenario.Time)!.Value;
                yield return new($"{name}, time over that of MemoryCache", "≤ 1", ratio, "", ratio <= 1);
                var allocated = hit.Median(MetricNames.Allocated)!.Value;
                yield return new($"{name}, allocated", "0 B", allocated, "B", allocated == 0);
            }
        }

        if (
            Named(CacheRemoteScenario.ScenarioName, CacheRemoteScenario.StreamAt(CacheRemoteScenario.TargetRate)) is
            { } remote
        )
        {
            var (p50, p99) = (remote.Median(MetricNames.P50)!.Value, remote.Median(MetricNames.P99)!.Value);
            yield return new(
                $"remote eviction p50 at {CacheRemoteScenario.TargetRate}/s",
                "< 1 ms",
                p50,
                "ms",
                p50 < 1
            );
            yield return new(
                $"remote eviction p99 at {CacheRemoteScenario.TargetRate}/s",
                "< 10 ms",
                p99,
                "ms",
                p99 < 10
            );
        }

        foreach (var kind in CacheBulkScenario.Kinds)
        {
            var sizes = CacheBulkScenario
                .Sizes.Select(size => Named(CacheBulkScenario.ScenarioName, CacheBulkScenario.Named(kind, size)))
                .ToArray();
            if (sizes is [{ } few, { } many])
            {
                var growth =
                    many.Median(CacheBulkScenario.Typical)!.Value / few.Median(CacheBulkScenario.Typical)!.Value;
                yield return new(
                    $"{kind} invalidation, a million entries over a thousand",
                    $"< {SameWithinFactor}",
                    growth,
                    "",
                    growth < SameWithinFactor
                );
            }
        }
    }
}
