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
        $"`IStreamPublisher.PublishAsync`, each message a new one. *1 caller* awaits every message; *{Callers} "
        + "callers* do so side by side; "
        + $"*pipelined* keeps {RawClient.Window} under way. The raw client sends XADD with bytes that are ready, "
        + "without envelope, telemetry and "
        + "time limit. A message counts when Redis has confirmed it.";

    public async IAsyncEnumerable<Measurement> RunAsync(
        ScenarioContext context,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var data = Messages.Bytes(0);
        Variant[] variants =
        [
            new("engine, 1 caller", repetition => EngineAsync(context, repetition, AwaitingAsync, cancellationToken)),
            new(
                $"engine, {Callers} callers",
                repetition => EngineAsync(context, repetition, SideBySideAsync, cancellationToken)
            ),
            new(
                Pipelined,
                repetition =>
                    EngineAsync(
                        context,
                        repetition,
                        (publisher, isDone) =>
                            PipelinedAsync(i => publisher.PublishAsync(Messages.Publication(i)), isDone),
                        cancellationToken
                    )
            ),
            new(
                RawPipelined,
                repetition =>
                    MeasureAsync(
                        context,
                        context.NewStream(),
                        repetition,
                        (client, isDone) => PipelinedAsync(_ => client.AddAsync(data), isDone)
                    )
            ),
        ];
        foreach (var measurement in await Variant.MeasureInTurnAsync(context, this, variants))
        {
            yield return measurement;
        }
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

    private static async Task<Throughput> EngineAsync(
        ScenarioContext context,
        int repetition,
        Func<IStreamPublisher, Func<long, bool>, Task<long>> publish,
        CancellationToken cancellationToken
    )
    {
        var stream = context.NewStream();
        await using var host = await BenchmarkHost.StartAsync(
            context.Host(stream, ScenarioContext.Group),
            null,
            cancellationToken
        );
        return await MeasureAsync(context, stream, repetition, (_, isDone) => publish(host.Publisher, isDone));
    }

    private static async Task<Throughput> MeasureAsync(
        ScenarioContext context,
        string stream,
        int repetition,
        Func<RawClient, Func<long, bool>, Task<long>> publish
    )
    {
        using var client = await context.ConnectAsync(stream);
        var length = repetition < 0 ? context.Options.Length / 3 : context.Options.Length;
        var result = await Throughput.MeasureAsync(() =>
        {
            var begin = Stopwatch.GetTimestamp();
            return publish(client, _ => Stopwatch.GetElapsedTime(begin) >= length);
        });
        await client.RemoveAsync();
        return result;
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
        (
            await Task.WhenAll(
                Enumerable.Range(0, Callers).Select(_ => Task.Run(() => AwaitingAsync(publisher, isDone)))
            )
        ).Sum();
}
