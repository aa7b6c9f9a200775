namespace RedisFlow.Benchmarks.Measuring;

/// <summary>One thing measured under one condition.</summary>
/// <param name="Scenario">The scenario's name.</param>
/// <param name="AppendOnly">The server's append-only file: off, everysec or always.</param>
/// <param name="Name">What was measured, e.g. <c>engine, one group</c>.</param>
/// <param name="Metrics">The figures.</param>
internal sealed record Measurement(string Scenario, string AppendOnly, string Name, IReadOnlyList<Metric> Metrics)
{
    /// <summary>Samples over time, where the course matters; each has its time in <c>seconds</c>.</summary>
    public IReadOnlyList<IReadOnlyDictionary<string, double>>? Series { get; init; }

    /// <summary>The metric's median, if it was measured.</summary>
    public double? Median(string metric) => Metrics.FirstOrDefault(m => m.Name == metric)?.Median;
}

/// <summary>A figure with one value per repetition.</summary>
/// <param name="Name">Its name, one of <see cref="MetricNames"/> or a scenario's own.</param>
/// <param name="Unit">Its unit.</param>
/// <param name="Values">One value per repetition, in their order.</param>
internal sealed record Metric(string Name, string Unit, IReadOnlyList<double> Values)
{
    /// <summary>The middle value; the mean of the two middle ones where their number is even.</summary>
    public double Median { get; } = MedianOf(Values);

    /// <summary>The smallest value.</summary>
    public double Min { get; } = Values.Min();

    /// <summary>The largest value.</summary>
    public double Max { get; } = Values.Max();

    /// <summary>A figure that was taken once.</summary>
    public static Metric Single(string name, string unit, double value) => new(name, unit, [value]);

    private static double MedianOf(IReadOnlyList<double> values)
    {
        var sorted = values.Order().ToArray();
        var middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
