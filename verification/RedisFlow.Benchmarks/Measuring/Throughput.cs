using System.Diagnostics;

namespace RedisFlow.Benchmarks.Measuring;

/// <summary>Time and allocations of a known number of messages.</summary>
/// <param name="Messages">How many.</param>
/// <param name="Elapsed">How long they took.</param>
/// <param name="AllocatedBytes">What this process allocated meanwhile.</param>
internal readonly record struct Throughput(long Messages, TimeSpan Elapsed, long AllocatedBytes)
{
    public double Rate => Messages / Elapsed.TotalSeconds;

    public double AllocatedPerMessage => (double)AllocatedBytes / Messages;

    /// <summary>Measures work that returns how many messages it did.</summary>
    public static async Task<Throughput> MeasureAsync(Func<Task<long>> work)
    {
        var allocated = GC.GetTotalAllocatedBytes(precise: true);
        var begin = Stopwatch.GetTimestamp();
        var messages = await work();
        return new Throughput(
            messages,
            Stopwatch.GetElapsedTime(begin),
            GC.GetTotalAllocatedBytes(precise: true) - allocated
        );
    }

    /// <summary>Collects what earlier measurements left, so that this one does not pay for it.</summary>
    public static void Settle()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }

    /// <summary>The metrics of several repetitions.</summary>
    public static Metric[] Metrics(IReadOnlyCollection<Throughput> repetitions, string unit = "msg") =>
        [
            new(MetricNames.Rate, $"{unit}/s", [.. repetitions.Select(r => r.Rate)]),
            new(MetricNames.Allocated, $"B/{unit}", [.. repetitions.Select(r => r.AllocatedPerMessage)]),
            new(MetricNames.Messages, "", [.. repetitions.Select(r => (double)r.Messages)]),
        ];
}
