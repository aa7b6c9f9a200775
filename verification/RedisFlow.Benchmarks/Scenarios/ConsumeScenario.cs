using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;
using RedisFlow.Benchmarks.Engine;
using RedisFlow.Benchmarks.Measuring;
using RedisFlow.Benchmarks.Raw;
using RedisFlow.Domain.Messages;

namespace RedisFlow.Benchmarks.Scenarios;

/// <summary>How fast a filled stream is consumed.</summary>
internal sealed class ConsumeScenario : IScenario
{
    public const string OneGroup = "engine, one group";
    public const string OneByOne = "raw client, one by one";
    private const string ThreeGroups = "engine, three groups";
    private const int Filled = 200_000;
    private const int FilledOneByOne = 20_000;
    private static readonly int[] Pages = [100, 500];

    public string Name => "consume";

    public string Summary =>
        "consuming a filled stream with a no-op handler: one group, three groups; beside it the raw client";

    public string Method =>
        $"A stream of {Filled:N0} messages about {Messages.Subjects:N0} subjects, read by a new group each time. "
        + "The engine decodes envelope and payload and calls `IStreamHandler<CompanyUpdated>`, with default settings; "
        + "measured from the first handler to the last acknowledgement (the start of the "
        + "application is not in it). *Three groups* are consumed by one instance; its rate counts each group's "
        + "messages. The raw client decodes nothing: "
        + "XREADGROUP without BLOCK, one XACK per page, not awaited until the end. *One by one* is XREADGROUP COUNT 1 "
        + "and an awaited XACK.";

    /// <summary>What the raw measurement with pages of this size is called.</summary>
    public static string RawPages(int count) => FormattableString.Invariant($"raw client, COUNT {count}");

    /// <summary>The names of all raw measurements with pages.</summary>
    public static IReadOnlyList<string> AllRawPages { get; } = [.. Pages.Select(RawPages)];

    public async IAsyncEnumerable<Measurement> RunAsync(
        ScenarioContext context,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var stream = context.NewStream();
        using var client = await context.ConnectAsync(stream);
        await client.FillAsync(context.Messages(Filled), cancellationToken);

        Variant[] variants =
        [
            .. Pages.Select(count => new Variant(
                RawPages(count),
                _ => RawAsync(client, group => RawConsumption.PagesAsync(client, group, count, cancellationToken))
            )),
            new(OneGroup, repetition => EngineAsync(context, client, stream, 1, repetition, cancellationToken)),
            new(ThreeGroups, repetition => EngineAsync(context, client, stream, 3, repetition, cancellationToken)),
            new(
                OneByOne,
                _ =>
                    RawAsync(
                        client,
                        group =>
                            RawConsumption.OneByOneAsync(
                                client,
                                group,
                                context.Messages(FilledOneByOne),
                                cancellationToken
                            )
                    )
            ),
        ];
        foreach (var measurement in await Variant.MeasureInTurnAsync(context, this, variants))
        {
            yield return measurement;
        }
    }

    private static async Task<Throughput> RawAsync(RawClient client, Func<string, Task<long>> consume)
    {
        const string group = "raw";
        await client.CreateGroupAsync(group);
        var result = await Throughput.MeasureAsync(() => consume(group));
        await client.DestroyGroupAsync(group);
        return result;
    }

    private static async Task<Throughput> EngineAsync(
        ScenarioContext context,
        RawClient client,
        string stream,
        int groupCount,
        int repetition,
        CancellationToken cancellationToken
    )
    {
        string[] groups = [.. Enumerable.Range(0, groupCount).Select(i => $"engine{groupCount}-{repetition}-{i}")];
        var counter = new HandledCounter((long)context.Messages(Filled) * groupCount);
        Throughput result;
        await using (
            var host = await BenchmarkHost.StartAsync(
                context.Host(stream, groups),
                (services, streams) =>
                {
                    services.AddSingleton(counter);
                    Array.ForEach(
                        groups,
                        group => streams.AddStreamConsumer(group).Handle<CompanyUpdated, CountingHandler>()
                    );
                },
                cancellationToken
            )
        )
        {
            result = await Draining.MeasureAsync(host, counter, groups, cancellationToken);
        }

        foreach (var group in groups)
        {
            await client.DestroyGroupAsync(group);
        }

        return result;
    }
}
