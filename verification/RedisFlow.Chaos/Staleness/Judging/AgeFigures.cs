namespace RedisFlow.Chaos.Staleness.Judging;

/// <summary>How long what stale reads brought had been replaced. All zero if none was stale.</summary>
/// <param name="P50">Half of them for no longer than this.</param>
/// <param name="P90">Nine of ten for no longer than this.</param>
/// <param name="P99">99 of 100 for no longer than this.</param>
/// <param name="Max">The longest.</param>
/// <param name="Histogram">How many were not above each limit, and above the one before; the last one has no
/// limit.</param>
internal sealed record AgeFigures(
    TimeSpan P50,
    TimeSpan P90,
    TimeSpan P99,
    TimeSpan Max,
    IReadOnlyList<AgeCount> Histogram
)
{
    private static readonly double[] Limits = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000];

    /// <summary>The figures of ages in ascending order.</summary>
    public static AgeFigures Of(ReadOnlySpan<TimeSpan> sorted)
    {
        var histogram = new List<AgeCount>();
        var before = 0;
        foreach (var limit in Limits)
        {
            var up = before;
            while (up < sorted.Length && sorted[up].TotalMilliseconds <= limit)
            {
                up++;
            }

            histogram.Add(new AgeCount(limit, up - before));
            before = up;
        }

        histogram.Add(new AgeCount(null, sorted.Length - before));
        return new AgeFigures(
            Quantile(sorted, 0.5),
            Quantile(sorted, 0.9),
            Quantile(sorted, 0.99),
            Quantile(sorted, 1),
            histogram
        );
    }

    /// <summary>The smallest age that at least this part of all is not above (nearest rank).</summary>
    private static TimeSpan Quantile(ReadOnlySpan<TimeSpan> sorted, double part) =>
        sorted.IsEmpty ? TimeSpan.Zero : sorted[Math.Max(0, (int)Math.Ceiling(part * sorted.Length) - 1)];
}

/// <summary>A bar of the histogram.</summary>
/// <param name="UpToMilliseconds">Its limit; <c>null</c> for the last one.</param>
/// <param name="Count">How many.</param>
internal readonly record struct AgeCount(double? UpToMilliseconds, int Count);
