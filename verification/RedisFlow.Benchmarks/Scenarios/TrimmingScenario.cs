using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;
using RedisFlow.Benchmarks.Engine;
using RedisFlow.Benchmarks.Measuring;
using RedisFlow.Benchmarks.Raw;
using RedisFlow.Domain.Messages;
using RedisFlow.Streams;

namespace RedisFlow.Benchmarks.Scenarios;

/// <summary>What a stream costs in memory under a constant load, with retention.</summary>
internal sealed class TrimmingScenario : IScenario
{
    private const int Rate = 5000;
    private static readonly TimeSpan Retention = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan TrimInterval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan SampleInterval = TimeSpan.FromMilliseconds(250);

    public string Name => "trimming";

    public string Summary => "memory and length of the stream under a constant load, with retention";

    public string Method =>
        $"{Rate:N0} messages/s are published and consumed with a `Streams:Retention` of {Retention.TotalSeconds:0.#} "
        + "s and a "
        + $"`Streams:TrimInterval` of {TrimInterval.TotalMilliseconds:0} ms; the server's used_memory and the "
        + "stream's length are sampled each "
        + $"{SampleInterval.TotalMilliseconds:0} ms (the course is in the JSON file). With retention the length "
        + "settles at a little more than rate × (retention + interval); without, it equals what was published. *Late "
        + "growth* is the length at the end over "
        + "that at half time: 1 is flat, 2 is not trimmed at all.";

    public async IAsyncEnumerable<Measurement> RunAsync(
        ScenarioContext context,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var stream = context.NewStream();
        var messages = (int)(Rate * 5 * context.Options.Length.TotalSeconds);
        var counter = new HandledCounter(messages);
        using var client = await context.ConnectAsync(stream);
        await using var host = await BenchmarkHost.StartAsync(
            context.Host(stream, ScenarioContext.Group) with
            {
                Settings = new Dictionary<string, string?>(context.Options.Settings)
                {
                    ["Streams:Retention"] = Retention.ToString(),
                    ["Streams:TrimInterval"] = TrimInterval.ToString(),
                },
            },
            (services, streams) =>
            {
                services.AddSingleton(counter);
                streams.AddStreamConsumer(ScenarioContext.Group).Handle<CompanyUpdated, CountingHandler>();
            },
            cancellationToken
        );

        var samples = new List<IReadOnlyDictionary<string, double>>();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var sampling = SampleAsync(client, stream, samples, stop.Token);
        var sending = new Task[messages];
        await new ArrivalSchedule(Rate).RunAsync(
            messages,
            i => sending[i] = host.Publisher.PublishAsync(Messages.Publication(i), cancellationToken),
            cancellationToken
        );
        await Task.WhenAll(sending);
        await stop.CancelAsync();
        await sampling;
        await Draining.MeasureAsync(host, counter, [ScenarioContext.Group], cancellationToken);

        double At(int index, string metric) => samples[index][metric];
        yield return context.Result(
            this,
            FormattableString.Invariant($"{Rate}/s"),
            Metric.Single("published", "", messages),
            Metric.Single("length at half time", "", At(samples.Count / 2, "length")),
            Metric.Single("length at end", "", At(samples.Count - 1, "length")),
            Metric.Single("largest length", "", samples.Max(sample => sample["length"])),
            Metric.Single(
                "late growth",
                "×",
                At(samples.Count - 1, "length") / Math.Max(1, At(samples.Count / 2, "length"))
            ),
            Metric.Single("memory at half time", "MB", At(samples.Count / 2, "usedMemory") / 1e6),
            Metric.Single("memory at end", "MB", At(samples.Count - 1, "usedMemory") / 1e6),
            Metric.Single("largest memory", "MB", samples.Max(sample => sample["usedMemory"]) / 1e6)
        ) with
        {
            Series = samples,
        };
    }

    private static async Task SampleAsync(
        RawClient client,
        string stream,
        List<IReadOnlyDictionary<string, double>> samples,
        CancellationToken stop
    )
    {
        var begin = Stopwatch.GetTimestamp();
        var key = (StackExchange.Redis.RedisKey)new StreamKeys(stream).Stream;
        while (!stop.IsCancellationRequested)
        {
            var memory = ((string?)await client.ExecuteAsync("INFO", "memory"))!;
            var used = memory
                .Split('\n')
                .First(line => line.StartsWith("used_memory:", StringComparison.Ordinal))
                .Split(':')[1];
            samples.Add(
                new Dictionary<string, double>
                {
                    ["seconds"] = Stopwatch.GetElapsedTime(begin).TotalSeconds,
                    ["usedMemory"] = double.Parse(used, CultureInfo.InvariantCulture),
                    ["length"] = (long)await client.ExecuteAsync("XLEN", key),
                }
            );
            await Task.Delay(SampleInterval, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
