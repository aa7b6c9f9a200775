namespace RedisFlow.Benchmarks.Measuring;

/// <summary>Latencies in milliseconds; every one of them is kept, so percentiles are exact.</summary>
internal sealed class LatencyDistribution
{
    private readonly double[] _sorted;

    public LatencyDistribution(IEnumerable<double> milliseconds) => _sorted = [.. milliseconds.Order()];

    /// <summary>How many there are.</summary>
    public int Count => _sorted.Length;

    /// <summary>The smallest latency that at least this share of all latencies does not exceed.</summary>
    public double Percentile(double percent) =>
        _sorted.Length == 0 ? double.NaN : _sorted[Math.Max(0, (int)Math.Ceiling(percent / 100 * _sorted.Length) - 1)];

    /// <summary>The metrics of several repetitions.</summary>
    public static Metric[] Metrics(IReadOnlyCollection<LatencyDistribution> repetitions)
    {
        return
        [
            Of(MetricNames.P50, 50),
            Of(MetricNames.P95, 95),
            Of(MetricNames.P99, 99),
            Of(MetricNames.P999, 99.9),
            Of(MetricNames.Max, 100),
            new(MetricNames.Messages, "", [.. repetitions.Select(r => (double)r.Count)]),
        ];

        Metric Of(string name, double percent) => new(name, "ms", [.. repetitions.Select(r => r.Percentile(percent))]);
    }
}
