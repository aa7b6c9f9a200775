using System.Diagnostics;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;
using RedisFlow.Benchmarks.Engine;
using RedisFlow.Benchmarks.Measuring;
using RedisFlow.Caching;
using RedisFlow.Streams;

namespace RedisFlow.Benchmarks.Scenarios;

/// <summary>How long an entry survives at another instance after it was invalidated.</summary>
internal sealed class CacheRemoteScenario : IScenario
{
    public const string ScenarioName = "cache-remote";

    /// <summary>The rate that the target is about.</summary>
    public const int TargetRate = 2000;

    private const string StillThere = "still there";
    private static readonly int[] Rates = [TargetRate, 5000];
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public string Name => ScenarioName;

    public string Summary =>
        "invalidate at one instance until it is evicted at another one, at 2k and 5k/s; beside it the same over "
        + "Pub/Sub";

    public string Method =>
        "Two instances of one service in one process, so on one clock, each with tail, group and cache as a service "
        + "has them. The second has every entry in "
        + "memory; the first invalidates them one by one with `InvalidateAsync`, open loop: a latency begins when the "
        + "invalidation was DUE, and ends when the second "
        + $"instance's tail has handed the message to the cache. *{StillThere}*: how often a read at that moment "
        + "still found the entry. The first second does not count; "
        + $"percentiles are exact, per repetition. *{LatencyScenario.Lateness}* is how late the sender itself was. "
        + "*Pub/Sub* is the same cache with `UsePubSub` of RedisFlow.PubSub: it loses what is published while a "
        + "subscriber is cut off, which does not happen here.";

    /// <summary>What the measurement at this rate is called.</summary>
    public static string StreamAt(int rate) => FormattableString.Invariant($"stream, {rate}/s");

    public async IAsyncEnumerable<Measurement> RunAsync(
        ScenarioContext context,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        foreach (var rate in Rates)
        {
            var streams = new List<Result>();
            var channels = new List<Result>();
            for (var i = 0; i < context.Options.Repetitions; i++)
            {
                streams.Add(await MeasureAsync(context, rate, isOnPubSub: false, cancellationToken));
                channels.Add(await MeasureAsync(context, rate, isOnPubSub: true, cancellationToken));
            }

            yield return context.Result(this, StreamAt(rate), Metrics(streams));
            yield return context.Result(this, FormattableString.Invariant($"Pub/Sub, {rate}/s"), Metrics(channels));
        }
    }

    private static IReadOnlyList<Metric> Metrics(IReadOnlyList<Result> results) =>
        [
            .. LatencyDistribution.Metrics([.. results.Select(r => r.Latency)]),
            new(LatencyScenario.Lateness, "ms", [.. results.Select(r => r.Lateness.Percentile(99))]),
            new(StillThere, "", [.. results.Select(r => (double)r.StillThere)]),
            new(MetricNames.Lost, "", [.. results.Select(r => (double)(r.Sent - r.Latency.Count))]),
        ];

    private static async Task<Result> MeasureAsync(
        ScenarioContext context,
        int rate,
        bool isOnPubSub,
        CancellationToken cancellationToken
    )
    {
        var warmUp = (int)(rate * WarmUp.TotalSeconds);
        var count = (int)(rate * (WarmUp + context.Options.Length).TotalSeconds);
        var schedule = new ArrivalSchedule(rate);
        var recorder = new LatencyRecorder(count);
        var keys = CacheEntries.Keys("remote", count);
        var description = context.Host(context.NewStream(), ScenarioContext.Group) with { IsOnPubSub = isOnPubSub };
        await using var sender = await CacheHost.StartAsync(description, CacheEntries.Roomy, null, cancellationToken);
        EvictionWatch? watch = null;
        await using var receiver = await CacheHost.StartAsync(
            description with
            {
                Instance = "bench-2",
            },
            CacheEntries.Roomy,
            // After the cache, which registered its observer before: each message reaches them in this order.
            services =>
                services.AddSingleton<IStreamTailObserver>(provider =>
                    watch = new EvictionWatch(provider.GetRequiredService<StreamHybridCache>, recorder)
                ),
            cancellationToken
        );
        await CacheEntries.FillMemoryAsync(receiver.Cache, keys);
        Throughput.Settle();

        var sending = new Task[count];
        var lateness = new double[count];
        await schedule.RunAsync(
            count,
            i =>
            {
                lateness[i] = Stopwatch.GetElapsedTime(schedule.Due(i)).TotalMilliseconds;
                sending[i] = sender.Cache.InvalidateAsync(Invalidation.Key(keys[i]), cancellationToken).AsTask();
            },
            cancellationToken
        );
        await Task.WhenAll(sending);
        await recorder
            .Complete.WaitAsync(Patience, cancellationToken)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
        return new Result(
            count - warmUp,
            recorder.Distribution(schedule, warmUp),
            new LatencyDistribution(lateness.Skip(warmUp)),
            watch!.StillThere
        );
    }

    private sealed record Result(int Sent, LatencyDistribution Latency, LatencyDistribution Lateness, int StillThere);
}
