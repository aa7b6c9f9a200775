using System.Diagnostics;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;
using RedisFlow.Benchmarks.Engine;
using RedisFlow.Benchmarks.Measuring;
using RedisFlow.Benchmarks.Raw;
using RedisFlow.Domain.Messages;

namespace RedisFlow.Benchmarks.Scenarios;

/// <summary>How long a message takes from its publisher to its handler.</summary>
internal sealed class LatencyScenario : IScenario
{
    public const string Lateness = "send p99";
    private static readonly int[] Rates = [1000, 5000, 20_000];
    private static readonly TimeSpan[] PollIntervals = [TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(1)];
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1);

    /// <summary>A consumer that falls behind may take so much longer to come to the end.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public string Name => "latency";

    public string Summary =>
        "from publish to the start of the handler at 1k, 5k and 20k messages/s; beside it polling each 100 ms and 1 s";

    public string Method =>
        "Open loop: messages are due at a constant rate, whatever happened to those before. A latency begins when its "
        + "message was DUE, not "
        + "when it was sent, and ends when its handler starts; so a publisher that is held up counts (no coordinated "
        + "omission). Publisher and consumer "
        + "are two applications in one process. The first second does not count; percentiles are exact, per "
        + "repetition, of which the median is shown. "
        + $"*{Lateness}* is how late the sender itself was. Polling consumers read without BLOCK until nothing is "
        + "left, decode, acknowledge each "
        + "page, then sleep; they are measured once.";

    /// <summary>What the engine's measurement at this rate is called.</summary>
    public static string EngineAt(int rate) => FormattableString.Invariant($"engine, {rate}/s");

    public async IAsyncEnumerable<Measurement> RunAsync(
        ScenarioContext context,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        foreach (var rate in Rates)
        {
            var results = new List<Result>();
            for (var i = 0; i < context.Options.Repetitions; i++)
            {
                results.Add(await EngineAsync(context, rate, cancellationToken));
            }

            yield return context.Result(this, EngineAt(rate), Metrics(results));
            foreach (var interval in PollIntervals)
            {
                yield return context.Result(
                    this,
                    FormattableString.Invariant($"polling each {interval.TotalMilliseconds:0} ms, {rate}/s"),
                    Metrics([await PollingAsync(context, rate, interval, cancellationToken)])
                );
            }
        }
    }

    private static IReadOnlyList<Metric> Metrics(IReadOnlyList<Result> results) =>
        [
            .. LatencyDistribution.Metrics([.. results.Select(r => r.Latency)]),
            new(Lateness, "ms", [.. results.Select(r => r.Lateness.Percentile(99))]),
            new(MetricNames.Lost, "", [.. results.Select(r => (double)(r.Sent - r.Latency.Count))]),
        ];

    private static async Task<Result> EngineAsync(
        ScenarioContext context,
        int rate,
        CancellationToken cancellationToken
    )
    {
        var stream = context.NewStream();
        var arrivals = new Arrivals(rate, WarmUp, context.Options.Length);
        await using var consumer = await BenchmarkHost.StartAsync(
            context.Host(stream, ScenarioContext.Group),
            (services, streams) =>
            {
                services.AddSingleton(arrivals.Recorder);
                streams.AddStreamConsumer(ScenarioContext.Group).Handle<CompanyUpdated, LatencyHandler>();
            },
            cancellationToken
        );
        return await PublishAsync(context, stream, arrivals, cancellationToken);
    }

    private static async Task<Result> PollingAsync(
        ScenarioContext context,
        int rate,
        TimeSpan interval,
        CancellationToken cancellationToken
    )
    {
        var stream = context.NewStream();
        var arrivals = new Arrivals(rate, WarmUp, context.Options.Length);
        using var client = await context.ConnectAsync(stream);
        await client.CreateGroupAsync(ScenarioContext.Group);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var polling = new PollingConsumer(client, ScenarioContext.Group, interval, arrivals.Recorder).RunAsync(
            stop.Token
        );
        try
        {
            return await PublishAsync(context, stream, arrivals, cancellationToken);
        }
        finally
        {
            await stop.CancelAsync();
            await polling;
        }
    }

    private static async Task<Result> PublishAsync(
        ScenarioContext context,
        string stream,
        Arrivals arrivals,
        CancellationToken cancellationToken
    )
    {
        await using var publisher = await BenchmarkHost.StartAsync(
            context.Host(stream, ScenarioContext.Group) with
            {
                Instance = "bench-publisher",
            },
            null,
            cancellationToken
        );
        Throughput.Settle();
        var sending = new Task[arrivals.Count];
        var lateness = new double[arrivals.Count];
        await arrivals.Schedule.RunAsync(
            arrivals.Count,
            i =>
            {
                lateness[i] = Stopwatch.GetElapsedTime(arrivals.Schedule.Due(i)).TotalMilliseconds;
                sending[i] = publisher.Publisher.PublishAsync(Messages.Publication(i), cancellationToken);
            },
            cancellationToken
        );
        await Task.WhenAll(sending);

        // A consumer that is not done by then has lost messages, or is hopelessly behind: the count says so.
        await arrivals
            .Recorder.Complete.WaitAsync(Patience, cancellationToken)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
        return new Result(
            arrivals.Count - arrivals.FirstMeasured,
            arrivals.Recorder.Distribution(arrivals.Schedule, arrivals.FirstMeasured),
            new LatencyDistribution(lateness.Skip(arrivals.FirstMeasured))
        );
    }

    private sealed class Arrivals(int rate, TimeSpan warmUp, TimeSpan length)
    {
        public int FirstMeasured { get; } = (int)(rate * warmUp.TotalSeconds);

        public int Count { get; } = (int)(rate * (warmUp + length).TotalSeconds);

        public ArrivalSchedule Schedule { get; } = new(rate);

        public LatencyRecorder Recorder { get; } = new((int)(rate * (warmUp + length).TotalSeconds));
    }

    private sealed record Result(int Sent, LatencyDistribution Latency, LatencyDistribution Lateness);
}
