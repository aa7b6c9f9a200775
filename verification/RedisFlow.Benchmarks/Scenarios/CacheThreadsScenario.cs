using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Caching.Memory;
using RedisFlow.Benchmarks.Engine;
using RedisFlow.Benchmarks.Measuring;

namespace RedisFlow.Benchmarks.Scenarios;

/// <summary>How many hits several threads get out of the cache together, while its meters are read.</summary>
internal sealed class CacheThreadsScenario : IScenario
{
    public const string ScenarioName = "cache-threads";
    public const string Cache = "L1 hits, meters on";
    public const string Quiet = "L1 hits, no listener";
    public const string Memory = "MemoryCache";
    private const string Dictionary = "ConcurrentDictionary";

    // Shorter than other measurements: there are many of them, and nothing in them waits.
    private const int PartOfLength = 3;

    /// <summary>Numbers of threads; the last one is more than most machines have cores.</summary>
    public static readonly int[] Threads = [1, 2, 16];

    /// <summary>Numbers of keys.</summary>
    public static readonly int[] KeyCounts = [1, 1000];

    public string Name => ScenarioName;

    public string Summary =>
        "hits in memory from 1, 2 and 16 threads, with the meters on; beside them MemoryCache and a dictionary";

    public string Method =>
        "Threads of their own, that start together, read for a fixed time: all of them the same key, or 1,000 keys in "
        + "turn, each thread from another one on. *Meters "
        + "on*: a `MeterListener` hears every instrument of the cache and reads them all each 100 ms; that it counted "
        + "at least the hits that were measured is checked. "
        + "Nothing is published meanwhile.";

    /// <summary>What a measurement is called.</summary>
    public static string Named(string subject, int threads, int keys) =>
        FormattableString.Invariant(
            $"{subject}, {threads} {(threads == 1 ? "thread" : "threads")}, {(keys == 1 ? "one key" : "1000 keys")}"
        );

    public async IAsyncEnumerable<Measurement> RunAsync(
        ScenarioContext context,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await using var host = await CacheHost.StartAsync(
            context.Host(context.NewStream(), ScenarioContext.Group),
            CacheEntries.Roomy,
            null,
            cancellationToken
        );
        using var memory = new MemoryCache(new MemoryCacheOptions());
        var dictionary = new ConcurrentDictionary<string, string>(StringComparer.Ordinal);
        var all = CacheEntries.Keys("company:42:report", KeyCounts.Max());
        foreach (var key in all)
        {
            memory.Set(key, CacheEntries.Value, TimeSpan.FromHours(1));
            dictionary[key] = CacheEntries.Value;
        }

        await CacheEntries.FillMemoryAsync(host.Cache, all);
        var length = context.Options.Length / PartOfLength;
        foreach (var count in KeyCounts)
        {
            var keys = all[..count];
            foreach (var threads in Threads)
            {
                var readers = new ParallelReaders(keys, threads, length);
                Variant[] variants =
                [
                    new(Named(Dictionary, threads, count), _ => readers.MeasureAsync(new DictionaryRead(dictionary)))
                    {
                        Unit = "hit",
                    },
                    new(Named(Memory, threads, count), _ => readers.MeasureAsync(new MemoryRead(memory)))
                    {
                        Unit = "hit",
                    },
                    new(Named(Quiet, threads, count), _ => readers.MeasureAsync(new CacheRead(host.Cache)))
                    {
                        Unit = "hit",
                    },
                    new(
                        Named(Cache, threads, count),
                        _ => ListeningAsync(() => readers.MeasureAsync(new CacheRead(host.Cache)))
                    )
                    {
                        Unit = "hit",
                    },
                ];
                foreach (var measurement in await Variant.MeasureInTurnAsync(context, this, variants))
                {
                    yield return measurement;
                }
            }
        }
    }

    private static async Task<Throughput> ListeningAsync(Func<Task<Throughput>> measure)
    {
        using var listening = new CacheMeterListening();
        var before = listening.Hits();
        var result = await measure();
        return listening.Hits() - before is var counted && counted < result.Messages
            ? throw new InvalidOperationException($"The meters counted {counted} of {result.Messages} hits.")
            : result;
    }
}
