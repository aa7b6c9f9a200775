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

    public string Summary => "consuming a filled stream with a no-op handler: one group, three groups; beside it the raw client";

    public string Method =>
        $"A stream of {Filled:N0} messages about {Messages.Subjects:N0} subjects, read by a new group each time. "
        + "The engine decodes envelope and payload and calls `IStreamHandler<CompanyUpdated>`, with default settings; measured from the first handler to the last acknowledgement (the start of the "
        + "application is not in it). *Three groups* are consumed by one instance; its rate counts each group's messages. The raw client decodes nothing: "
        + "XREADGROUP without BLOCK, one XACK per page, not awaited until the end. *One by one* is XREADGROUP COUNT 1 and an awaited XACK.";

    /// <summary>What the raw measurement with pages of this size is called.</summary>
    public static string RawPages(int count) => FormattableString.Invariant($"raw client, COUNT {count}");

    /// <summary>The names of all raw measurements with pages.</summary>
    public static IReadOnlyList<string> AllRawPages { get; } = [.. Pages.Select(RawPages)];

    public async IAsyncEnumerable<Measurement> RunAsync(
        ScenarioContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var stream = context.NewStream();
        using var client = await context.ConnectAsync(stream);
        await client.FillAsync(context.Messages(Filled), cancellationToken);

        foreach (var count in Pages)
        {
            yield return context.Result(
                this, RawPages(count), await RawAsync(context, client, group => RawConsumption.PagesAsync(client, group, count, cancellationToken)));
        }

        yield return context.Result(this, OneGroup, await EngineAsync(context, client, stream, 1, cancellationToken));
        yield return context.Result(this, ThreeGroups, await EngineAsync(context, client, stream, 3, cancellationToken));
        yield return context.Result(
            this,
            OneByOne,
            await RawAsync(
                context, client, group => RawConsumption.OneByOneAsync(client, group, context.Messages(FilledOneByOne), cancellationToken)));
    }

    private static async Task<Metric[]> RawAsync(ScenarioContext context, RawClient client, Func<string, Task<long>> consume)
    {
        var results = new List<Throughput>();
        foreach (var repetition in context.RepetitionsAfterWarmUp)
        {
            var group = $"raw{repetition}";
            await client.CreateGroupAsync(group);
            var result = await Throughput.MeasureAsync(() => consume(group));
            await client.DestroyGroupAsync(group);
            if (repetition >= 0)
            {
                results.Add(result);
            }
        }

        return Throughput.Metrics(results);
    }

    private static async Task<Metric[]> EngineAsync(
        ScenarioContext context, RawClient client, string stream, int groupCount, CancellationToken cancellationToken)
    {
        var results = new List<Throughput>();
        foreach (var repetition in context.RepetitionsAfterWarmUp)
        {
            string[] groups = [.. Enumerable.Range(0, groupCount).Select(i => $"engine{repetition}-{i}")];
            var counter = new HandledCounter((long)context.Messages(Filled) * groupCount);
            Throughput.Settle();
            await using (var host = await BenchmarkHost.StartAsync(
                context.Host(stream, groups),
                (services, streams) =>
                {
                    services.AddSingleton(counter);
                    Array.ForEach(groups, group => streams.AddStreamConsumer(group).Handle<CompanyUpdated, CountingHandler>());
                },
                cancellationToken))
            {
                var result = await Draining.MeasureAsync(host, counter, groups, cancellationToken);
                if (repetition >= 0)
                {
                    results.Add(result);
                }
            }

            foreach (var group in groups)
            {
                await client.DestroyGroupAsync(group);
            }
        }

        return Throughput.Metrics(results);
    }
}
