using RedisFlow.Benchmarks.Measuring;
using RedisFlow.Benchmarks.Scenarios;

namespace RedisFlow.Benchmarks.Reporting;

/// <summary>One figure over another one of the same run and the same setting of the append-only file.</summary>
internal sealed record Ratio(string Name, Metric Value)
{
    /// <summary>The ratios that say something; what was not measured is left out.</summary>
    public static IEnumerable<Ratio> Of(IReadOnlyList<Measurement> measurements)
    {
        Measurement? Named(string scenario, string name) =>
            measurements.FirstOrDefault(m => m.Scenario == scenario && m.Name == name);
        (string Name, Measurement? Part, Measurement? Whole)[] pairs =
        [
            .. ConsumeScenario.AllRawPages.Select(page =>
                (
                    $"consume: engine, one group / {page}",
                    Named("consume", ConsumeScenario.OneGroup),
                    Named("consume", page)
                )
            ),
            (
                "consume: engine, one group / one by one",
                Named("consume", ConsumeScenario.OneGroup),
                Named("consume", ConsumeScenario.OneByOne)
            ),
            (
                "publish: engine, pipelined / raw client",
                Named("publish", PublishScenario.Pipelined),
                Named("publish", PublishScenario.RawPipelined)
            ),
            (
                "publish: engine, pipelined / server's limit",
                Named("publish", PublishScenario.Pipelined),
                Named("limit", ServerLimitScenario.PipelinedAdd)
            ),
            (
                "publish: raw client / server's limit",
                Named("publish", PublishScenario.RawPipelined),
                Named("limit", ServerLimitScenario.PipelinedAdd)
            ),
        ];
        return
        [
            .. pairs
                .Where(pair => pair is { Part: not null, Whole: not null })
                .Select(pair => new Ratio(pair.Name, Rates(pair.Part!, pair.Whole!))),
            .. CacheRatios.Of(measurements),
        ];
    }

    /// <summary>
    /// What scenarios measure in turn is divided within each repetition; what they do not, median by median.
    /// </summary>
    public static Metric Rates(Measurement part, Measurement whole)
    {
        var (a, b) = (RateOf(part), RateOf(whole));
        return part.Scenario == whole.Scenario
            ? new Metric("ratio", "", [.. a.Values.Zip(b.Values, (x, y) => x / y)])
            : Metric.Single("ratio", "", a.Median / b.Median);
    }

    private static Metric RateOf(Measurement measurement) =>
        measurement.Metrics.Single(metric => metric.Name == MetricNames.Rate);
}
