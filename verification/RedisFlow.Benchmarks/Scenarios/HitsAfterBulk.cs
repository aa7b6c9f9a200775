using System.Diagnostics;
using Microsoft.Extensions.Caching.Memory;
using RedisFlow.Benchmarks.Engine;
using RedisFlow.Benchmarks.Measuring;
using RedisFlow.Caching;

namespace RedisFlow.Benchmarks.Scenarios;

/// <summary>
/// What hits cost right after a bulk invalidation that does not concern them: each entry is compared with it once, at
/// its next hit.
/// </summary>
/// <param name="cache">The cache, whose memory has all the keys.</param>
/// <param name="keys">The keys.</param>
internal sealed class HitsAfterBulk(StreamHybridCache cache, string[] keys)
{
    public const string Before = "before";
    public const string First = "first after";
    public const string Second = "second after";
    public const string MemoryCache = "MemoryCache";

    // As many reads per repetition, however many keys there are.
    private const int Reads = 3_000_000;

    public async Task<Measurement> MeasureAsync(
        ScenarioContext context,
        IScenario scenario,
        CancellationToken cancellationToken
    )
    {
        using var memory = new MemoryCache(new MemoryCacheOptions());
        foreach (var key in keys)
        {
            memory.Set(key, CacheEntries.Value, TimeSpan.FromHours(1));
        }

        var (before, first, second, bare) = (
            new List<double>(),
            new List<double>(),
            new List<double>(),
            new List<double>()
        );
        foreach (var repetition in context.RepetitionsAfterWarmUp)
        {
            Throughput.Settle();
            var rounds = new List<Round>();
            for (var i = 0; i < Math.Max(3, context.Messages(Reads) / keys.Length); i++)
            {
                rounds.Add(await MeasureAsync(memory, cancellationToken));
            }

            if (repetition >= 0)
            {
                before.Add(Median(rounds, round => round.Before));
                first.Add(Median(rounds, round => round.First));
                second.Add(Median(rounds, round => round.Second));
                bare.Add(Median(rounds, round => round.Bare));
            }
        }

        return context.Result(
            scenario,
            CacheBulkScenario.Named("hits", keys.Length),
            new Metric(Before, "ns", before),
            new Metric(First, "ns", first),
            new Metric(Second, "ns", second),
            new Metric(MemoryCache, "ns", bare)
        );
    }

    private async Task<Round> MeasureAsync(MemoryCache memory, CancellationToken cancellationToken)
    {
        var bare = Time(new MemoryRead(memory));
        Hits();
        var before = Hits();

        // Applied by the tail as well, or the entries would be compared once more in the middle of the second pass.
        await cache.WaitUntilAppliedAsync(
            await cache.InvalidateAsync(Invalidation.Tag("none-has-it"), cancellationToken),
            cancellationToken
        );
        await Task.Yield();
        var first = Hits();
        return new Round(before, first, Hits(), bare);
    }

    private double Hits() => Time(new CacheRead(cache));

    /// <summary>Nanoseconds per read.</summary>
    private double Time<TRead>(TRead read)
        where TRead : struct, IRead
    {
        var found = 0;
        var begin = Stopwatch.GetTimestamp();
        foreach (var key in keys)
        {
            found += read.Find(key) ? 1 : 0;
        }

        var elapsed = Stopwatch.GetElapsedTime(begin);
        return found == keys.Length
            ? elapsed.TotalNanoseconds / keys.Length
            : throw new InvalidOperationException($"Only {found} of {keys.Length} entries were found.");
    }

    private static double Median(IEnumerable<Round> rounds, Func<Round, double> of) =>
        new LatencyDistribution(rounds.Select(of)).Percentile(50);

    private readonly record struct Round(double Before, double First, double Second, double Bare);
}
