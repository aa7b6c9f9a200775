using System.Diagnostics;
using System.Runtime.CompilerServices;
using RedisFlow.Benchmarks.Engine;
using RedisFlow.Benchmarks.Measuring;
using RedisFlow.Benchmarks.Raw;
using RedisFlow.Streams;

namespace RedisFlow.Benchmarks.Scenarios;

/// <summary>How fast messages are published.</summary>
internal sealed class PublishScenario : IScenario
{
    public const string Pipelined = "engine, pipelined";
    public const string RawPipelined = "raw client, pipelined";
    private const int Callers = 64;

    public string Name => "publish";

    public string Summary => "publishing: 1 caller awaiting, 64 callers, pipelined; beside it the raw client";

    public string Method =>
        $"`IStreamPublisher.PublishAsync`, each message built anew. *1 caller* awaits every message; *{Callers} callers* do so side by side; "
        + $"*pipelined* keeps {RawClient.Window} under way. The raw client sends XADD with bytes that are ready, without envelope, telemetry and "
        + "time limit. A message counts when Redis has confirmed it.";

    public async IAsyncEnumerable<Measurement> RunAsync(
        ScenarioContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return context.Result(this, "engine, 1 caller", await EngineAsync(context, (p, until) => AwaitingAsync(p, until), cancellationToken));
        yield return context.Result(this, $"engine, {Callers} callers", await EngineAsync(context, SideBySideAsync, cancellationToken));
        yield return context.Result(
            this, Pipelined, await EngineAsync(context, (p, until) => PipelinedAsync(i => p.PublishAsync(Messages.Publication(i)), until), cancellationToken));
        yield return context.Result(this, RawPipelined, await RawAsync(context));
    }

    /// <summary>Publishes with many messages under way.</summary>
    public static async Task<long> PipelinedAsync(Func<long, Task> send, Func<long, bool> isDone)
    {
        var window = new PipelineWindow(RawClient.Window);
        var messages = 0L;
        while (!isDone(messages))
        {
            await window.AddAsync(send(messages++));
        }

        await window.DrainAsync();
        return messages;
    }

    private static async Task<Metric[]> EngineAsync(
        ScenarioContext context, Func<IStreamPublisher, Func<long, bool>, Task<long>> publish, CancellationToken cancellationToken)
    {
        var results = new List<Throughput>();
        foreach (var repetition in context.RepetitionsAfterWarmUp)
        {
            var stream = context.NewStream();
            await using var host = await BenchmarkHost.StartAsync(context.Host(stream, ScenarioContext.Group), null, cancellationToken);
            await RepeatAsync(context, stream, repetition, results, until => publish(host.Publisher, until));
        }

        return Throughput.Metrics(results);
    }

    private static async Task<Metric[]> RawAsync(ScenarioContext context)
    {
        var results = new List<Throughput>();
        var data = Messages.Bytes(0);
        foreach (var repetition in context.RepetitionsAfterWarmUp)
        {
            var stream = context.NewStream();
            using var client = await context.ConnectAsync(stream);
            await RepeatAsync(context, stream, repetition, results, until => PipelinedAsync(_ => client.AddAsync(data), until));
        }

        return Throughput.Metrics(results);
    }

    private static async Task RepeatAsync(
        ScenarioContext context, string stream, int repetition, List<Throughput> results, Func<Func<long, bool>, Task<long>> publish)
    {
        var length = repetition < 0 ? context.Options.Length / 3 : context.Options.Length;
        var result = await Throughput.MeasureAsync(() =>
        {
            var begin = Stopwatch.GetTimestamp();
            return publish(_ => Stopwatch.GetElapsedTime(begin) >= length);
        });
        if (repetition >= 0)
        {
            results.Add(result);
        }

        using var client = await context.ConnectAsync(stream);
        await client.RemoveAsync();
    }

    private static async Task<long> AwaitingAsync(IStreamPublisher publisher, Func<long, bool> isDone)
    {
        var messages = 0L;
        for (; !isDone(messages); messages++)
        {
            await publisher.PublishAsync(Messages.Publication(messages));
        }

        return messages;
    }

    private static async Task<long> SideBySideAsync(IStreamPublisher publisher, Func<long, bool> isDone) =>
        (await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => Task.Run(() => AwaitingAsync(publisher, isDone))))).Sum();
}
