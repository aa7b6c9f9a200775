using System.Globalization;
using RedisFlow.Benchmarks.Measuring;

namespace RedisFlow.Benchmarks.Reporting;

/// <summary>Figures for people: three digits that matter, thousands with separators.</summary>
internal static class Figures
{
    public static string Text(double value) =>
        Math.Abs(value) switch
        {
            double.NaN => "–",
            >= 100 => value.ToString("N0", CultureInfo.InvariantCulture),
            >= 10 => value.ToString("0.#", CultureInfo.InvariantCulture),
            >= 1 => value.ToString("0.##", CultureInfo.InvariantCulture),
            _ => value.ToString("0.###", CultureInfo.InvariantCulture),
        };

    /// <summary>The median, and the spread where there is one.</summary>
    public static string Text(Metric metric) =>
        metric.Values.Count == 1 || metric.Min.Equals(metric.Max)
            ? Text(metric.Median)
            : $"{Text(metric.Median)} ({Text(metric.Min)}–{Text(metric.Max)})";
}
