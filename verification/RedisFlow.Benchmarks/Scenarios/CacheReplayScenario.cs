using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;
using RedisFlow.Benchmarks.Engine;
using RedisFlow.Benchmarks.Measuring;
using RedisFlow.Caching;
using RedisFlow.Streams;

namespace RedisFlow.Benchmarks.Scenarios;

/// <summary>How long an instance takes to apply what it missed.</summary>
internal sealed class CacheReplayScenario : IScenario
{
    private const int Invalidations = 100_000;

    public string Name => "cache-replay";

    public string Summary => "100,000 invalidations that an instance missed: its memory brought up to date, and Redis";

    public string Method =>
        $"{Invalidations:N0} invalidations of one key each are in the stream. *Memory*: an instance that has an entry "
        + "for each of them was held up "
        + "meanwhile and reads them afterwards, from the moment when it goes on until its tail has applied the last "
        + "one; nothing else is under way. A single entry that "
        + "is there then fails the run. *Redis*: no instance of the service ran meanwhile, and one starts; from "
        + "before its start until its group has written the "
        + "last tombstone and acknowledged it; each of a subject of its own, so that they are handled side by side, "
        + "or all of one subject, hence one after the other.";

    public async IAsyncEnumerable<Measurement> RunAsync(
        ScenarioContext context,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var keys = CacheEntries.Keys("replay", context.Messages(Invalidations));
        var (memory, redis, inTurn) = (new List<Throughput>(), new List<Throughput>(), new List<Throughput>());
        foreach (var repetition in context.RepetitionsAfterWarmUp)
        {
            var inMemory = await MemoryAsync(context, keys, cancellationToken);
            var inRedis = await RedisAsync(context, keys, key => $"cache/{key}", cancellationToken);
            var inRedisInTurn = await RedisAsync(context, keys, _ => "cache", cancellationToken);
            if (repetition >= 0)
            {
                memory.Add(inMemory);
                redis.Add(inRedis);
                inTurn.Add(inRedisInTurn);
            }
        }

        yield return context.Result(this, "memory", Metrics(memory));
        yield return context.Result(this, "Redis", Metrics(redis));
        yield return context.Result(this, "Redis, all of one subject", Metrics(inTurn));
    }

    private static Metric[] Metrics(List<Throughput> measured) =>
        [new Metric("time", "s", [.. measured.Select(m => m.Elapsed.TotalSeconds)]), .. Throughput.Metrics(measured)];

    private static async Task<Throughput> MemoryAsync(
        ScenarioContext context,
        string[] keys,
        CancellationToken cancellationToken
    )
    {
        var description = context.Host(context.NewStream(), ScenarioContext.Group);
        using var gate = new TailGate();
        await using var instance = await CacheHost.StartAsync(
            description,
            CacheEntries.Roomy,
            services => services.AddSingleton<IStreamTailObserver>(gate),
            cancellationToken
        );
        await CacheEntries.FillMemoryAsync(instance.Cache, keys);

        // The tail stops at the first message; the group, which is not held up, is done before the measurement begins.
        gate.Close();
        try
        {
            var last = await PublishAsync(description, keys, key => $"cache/{key}", cancellationToken);
            var monitor = instance.Services.GetRequiredService<IStreamMonitor>();
            await Draining.AcknowledgedAsync(monitor, description.Groups, cancellationToken);
            Throughput.Settle();
            var result = await Throughput.MeasureAsync(async () =>
            {
                gate.Open();
                await instance.Cache.WaitUntilAppliedAsync(last, cancellationToken);
                return keys.Length;
            });
            return keys.Count(key => CacheEntries.IsInMemory(instance.Cache, key)) is var left and not 0
                ? throw new InvalidOperationException($"{left} entries are still there.")
                : result;
        }
        finally
        {
            gate.Open();
        }
    }

    private static async Task<Throughput> RedisAsync(
        ScenarioContext context,
        string[] keys,
        Func<string, string> subject,
        CancellationToken cancellationToken
    )
    {
        var description = context.Host(context.NewStream(), ScenarioContext.Group);
        await PublishAsync(description, keys, subject, cancellationToken);
        Throughput.Settle();
        CacheHost? instance = null;
        try
        {
            return await Throughput.MeasureAsync(async () =>
            {
                instance = await CacheHost.StartAsync(description, CacheEntries.Roomy, null, cancellationToken);
                await Draining.AcknowledgedAsync(
                    instance.Services.GetRequiredService<IStreamMonitor>(),
                    description.Groups,
                    cancellationToken
                );
                return keys.Length;
            });
        }
        finally
        {
            if (instance is not null)
            {
                await instance.DisposeAsync();
            }
        }
    }

    /// <summary>Publishes an invalidation of each key, from an application without a cache.</summary>
    private static async Task<MessagePosition> PublishAsync(
        HostDescription description,
        string[] keys,
        Func<string, string> subject,
        CancellationToken cancellationToken
    )
    {
        await using var publisher = await BenchmarkHost.StartAsync(
            description with
            {
                Instance = "bench-publisher",
            },
            null,
            cancellationToken
        );
        var published = new Task<MessagePosition>[keys.Length];
        await PublishScenario.PipelinedAsync(
            i =>
                published[i] = publisher.Publisher.PublishAsync(
                    new Publication(Invalidation.Key(keys[i]), subject(keys[i]), "Drop one"),
                    cancellationToken
                ),
            sent => sent >= keys.Length
        );
        return (await Task.WhenAll(published)).Max();
    }
}
