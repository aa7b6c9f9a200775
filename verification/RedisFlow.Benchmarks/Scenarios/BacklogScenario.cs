using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;
using RedisFlow.Benchmarks.Engine;
using RedisFlow.Benchmarks.Measuring;
using RedisFlow.Domain.Messages;

namespace RedisFlow.Benchmarks.Scenarios;

/// <summary>How long a service takes to catch up after it was away.</summary>
internal sealed class BacklogScenario : IScenario
{
    private const int Entries = 1_000_000;
    private static readonly string[] Groups = [ScenarioContext.Group];

    public string Name => "backlog";

    public string Summary => "1,000,000 messages published while no worker runs, then drained by one instance";

    public string Method =>
        $"{Entries:N0} messages are published by the engine, pipelined, to a declared group without consumers; then "
        + "one instance starts. "
        + "Measured from its first handler to its last acknowledgement. Once, not repeated.";

    public async IAsyncEnumerable<Measurement> RunAsync(
        ScenarioContext context,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var stream = context.NewStream();
        var entries = context.Messages(Entries);
        await using (
            var publisher = await BenchmarkHost.StartAsync(context.Host(stream, Groups), null, cancellationToken)
        )
        {
            var published = await Throughput.MeasureAsync(() =>
                PublishScenario.PipelinedAsync(
                    i => publisher.Publisher.PublishAsync(Messages.Publication(i), cancellationToken),
                    sent => sent >= entries
                )
            );
            yield return context.Result(this, "published", Metrics(published));
        }

        var counter = new HandledCounter(entries);
        Throughput.Settle();
        await using var consumer = await BenchmarkHost.StartAsync(
            context.Host(stream, Groups),
            (services, streams) =>
            {
                services.AddSingleton(counter);
                streams.AddStreamConsumer(ScenarioContext.Group).Handle<CompanyUpdated, CountingHandler>();
            },
            cancellationToken
        );
        yield return context.Result(
            this,
            "drained",
            Metrics(await Draining.MeasureAsync(consumer, counter, Groups, cancellationToken))
        );
    }

    private static Metric[] Metrics(Throughput measured) =>
        [Metric.Single("time", "s", measured.Elapsed.TotalSeconds), .. Throughput.Metrics([measured])];
}
