using RedisFlow.Benchmarks.Measuring;
using RedisFlow.Benchmarks.Scenarios;

namespace RedisFlow.Benchmarks.Reporting;

/// <summary>What a figure should be, and what it is.</summary>
/// <param name="Name">The figure.</param>
/// <param name="Required">What it should be, in words.</param>
/// <param name="Actual">What was measured.</param>
/// <param name="Unit">Its unit.</param>
/// <param name="IsMet">Whether it is as it should be.</param>
internal sealed record Target(string Name, string Required, double Actual, string Unit, bool IsMet)
{
    private const int LatencyRate = 5000;
    private const string Percent = "%";

    /// <summary>
    /// Judges the measurements of one setting of the append-only file; what was not measured is left out.
    /// </summary>
    public static IEnumerable<Target> Judge(IReadOnlyList<Measurement> measurements)
    {
        double? Of(string scenario, string name, string metric) =>
            measurements.FirstOrDefault(m => m.Scenario == scenario && m.Name == name)?.Median(metric);

        var latency = LatencyScenario.EngineAt(LatencyRate);
        if (Of("latency", latency, MetricNames.P50) is { } p50)
        {
            yield return new($"latency p50 at {LatencyRate}/s", "< 1 ms", p50, "ms", p50 < 1);
        }

        if (Of("latency", latency, MetricNames.P99) is { } p99)
        {
            yield return new($"latency p99 at {LatencyRate}/s", "< 10 ms", p99, "ms", p99 < 10);
        }

        if (Of("consume", ConsumeScenario.OneGroup, MetricNames.Rate) is { } rate)
        {
            yield return new("consumed by one instance", "> 100,000/s", rate, "msg/s", rate > 100_000);

            // Beside the fastest of the raw measurements: the hardest comparison.
            var consumed = measurements.Where(m => m.Scenario == "consume").ToDictionary(m => m.Name);
            var share =
                100
                * ConsumeScenario.AllRawPages.Min(page =>
                    Ratio.Rates(consumed[ConsumeScenario.OneGroup], consumed[page]).Median
                );
            yield return new("consumed, share of the raw client", "> 40 %", share, Percent, share > 40);
        }

        foreach (var target in CacheTargets.Judge(measurements))
        {
            yield return target;
        }

        // Sums, not medians: a single lost message in a single repetition counts.
        foreach (var scenario in measurements.GroupBy(m => m.Scenario))
        {
            var counts = scenario
                .SelectMany(m => m.Metrics)
                .Where(metric => metric.Name == MetricNames.Lost)
                .SelectMany(metric => metric.Values)
                .ToArray();
            if (counts.Length > 0)
            {
                yield return new($"lost, all of {scenario.Key}", "0", counts.Sum(), "", counts.Sum() == 0);
            }
        }
    }
}
