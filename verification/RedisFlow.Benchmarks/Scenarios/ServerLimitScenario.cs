using System.Runtime.CompilerServices;
using RedisFlow.Benchmarks.Engine;
using RedisFlow.Benchmarks.Measuring;
using RedisFlow.Benchmarks.Servers;
using RedisFlow.Streams;

namespace RedisFlow.Benchmarks.Scenarios;

/// <summary>What the server itself can do on this machine, at this moment.</summary>
internal sealed class ServerLimitScenario : IScenario
{
    public const string PipelinedAdd = "XADD, pipelined";
    private const int Clients = 50;
    private const int Pipeline = 64;
    private const int Requests = 400_000;
    private const int PlainRequests = 100_000;
    private const int Page = 100;

    public string Name => "limit";

    public string Summary => "the server's own limit, by redis-benchmark";

    public string Method =>
        $"`redis-benchmark`, {Clients} connections, payload of the messages' size: XADD with `-P {Pipeline}` and "
        + "without pipeline, and "
        + $"XREADGROUP COUNT {Page} on one connection (its rate counts entries). It shares the machine with the "
        + "server, as everything here does.";

    public async IAsyncEnumerable<Measurement> RunAsync(
        ScenarioContext context,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var stream = context.NewStream();
        var key = new StreamKeys(stream).Stream;
        var data = new string('x', Messages.Bytes(0).Length);
        using var client = await context.ConnectAsync(stream);
        yield return await MeasureAsync(PipelinedAdd, Requests, Clients, Pipeline, 1, "XADD", key, "*", "data", data);
        yield return await MeasureAsync("XADD", PlainRequests, Clients, 1, 1, "XADD", key, "*", "data", data);
        yield return await MeasureAsync(
            "XREADGROUP",
            Requests / Page,
            1,
            1,
            Page,
            "XREADGROUP",
            "GROUP",
            ScenarioContext.Group,
            "c",
            "COUNT",
            $"{Page}",
            "STREAMS",
            key,
            ">"
        );
        await client.RemoveAsync();

        async Task<Measurement> MeasureAsync(
            string name,
            int requests,
            int clients,
            int pipeline,
            int entries,
            params string[] command
        )
        {
            var rates = new List<double>();
            for (var i = 0; i < context.Options.Repetitions; i++)
            {
                if (entries > 1)
                {
                    await client.CreateGroupAsync(ScenarioContext.Group);
                }

                var number = Math.Max(clients, context.Messages(requests));
                rates.Add(
                    entries
                        * await RedisBenchmark.RunAsync(
                            context.Server.Port,
                            number,
                            clients,
                            pipeline,
                            command,
                            cancellationToken
                        )
                );
                if (entries > 1)
                {
                    await client.DestroyGroupAsync(ScenarioContext.Group);
                }
            }

            return context.Result(this, name, new Metric(MetricNames.Rate, "msg/s", rates));
        }
    }
}
