using System.Diagnostics;
using System.Runtime.CompilerServices;
using RedisFlow.Benchmarks.Engine;
using RedisFlow.Benchmarks.Measuring;
using RedisFlow.Benchmarks.Raw;
using RedisFlow.Caching;
using StackExchange.Redis;

namespace RedisFlow.Benchmarks.Scenarios;

/// <summary>What it costs to invalidate many entries at once, and what the reads afterwards cost.</summary>
internal sealed class CacheBulkScenario : IScenario
{
    public const string ScenarioName = "cache-bulk";
    public const string Done = "done";
    public const string Everywhere = "at both instances";
    public const string Typical = "median of 200";
    public const string Tag = "tag";
    public const string Prefix = "prefix";
    public const string Scan = "SCAN and DEL";

    /// <summary>The kinds of bulk invalidations.</summary>
    public static readonly string[] Kinds = [Tag, Prefix];

    /// <summary>Numbers of entries.</summary>
    public static readonly int[] Sizes = [1000, 1_000_000];

    // So many further ones: one alone says little of something that takes a fraction of a millisecond.
    private const int Further = 200;
    private const int Checked = 1000;

    public string Name => ScenarioName;

    public string Summary =>
        "tag and prefix invalidation with 1,000 and 1,000,000 entries beside SCAN and DEL; hits right after a bulk "
        + "invalidation";

    public string Method =>
        "Two instances of one service in one process, both with every entry in memory, the entries in Redis as well; "
        + "each repetition fills both memories again. One "
        + $"tag, or one prefix, drops them all: *{Done}* when the call returns, *{Everywhere}* when the other "
        + "instance's tail has applied it too; after that "
        + $"{Checked:N0} of the keys are asked for at both, and a single one that is still served fails the run. "
        + $"*{Typical}*: as many further invalidations of "
        + "that kind, that match nothing, with the entries still there. *SCAN and DEL* walks a database that holds as "
        + "many plain keys and nothing else, in pages of 1,000, and deletes each "
        + "page without waiting for it. *Walk over a dictionary* is its counterpart in memory: a "
        + "`ConcurrentDictionary` with as many keys.\n\n"
        + "Hits: reads of all entries in their order by one thread, time per read, median of the rounds; *before* "
        + "with nothing changed, *first after* and *second "
        + "after* a tag was invalidated that no entry has. Each entry has two tags and a key of three segments.";

    public static string Named(string kind, int entries) => FormattableString.Invariant($"{kind}, {entries} entries");

    public async IAsyncEnumerable<Measurement> RunAsync(
        ScenarioContext context,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        foreach (var size in Sizes.Select(size => size > 1000 ? context.Messages(size) : size))
        {
            var description = context.Host(context.NewStream(), ScenarioContext.Group);
            await using var here = await CacheHost.StartAsync(
                description,
                CacheEntries.RoomyAndPatient,
                null,
                cancellationToken
            );
            await using var there = await CacheHost.StartAsync(
                description with
                {
                    Instance = "bench-2",
                },
                CacheEntries.RoomyAndPatient,
                null,
                cancellationToken
            );
            var entries = new BulkEntries(
                here,
                there,
                CacheEntries.Keys(FormattableString.Invariant($"bulk:{size}"), size)
            );
            await FurtherAsync(here.Cache, Invalidation.Tag);
            yield return await RemovalsAsync(
                context,
                Tag,
                entries,
                Invalidation.Tag(BulkEntries.Tag),
                Invalidation.Tag,
                cancellationToken
            );
            yield return await RemovalsAsync(
                context,
                Prefix,
                entries,
                Invalidation.Prefix(FormattableString.Invariant($"bulk:{size}")),
                Invalidation.Prefix,
                cancellationToken
            );

            await entries.FillMemoryAsync();
            yield return await new HitsAfterBulk(here.Cache, entries.Keys).MeasureAsync(
                context,
                this,
                cancellationToken
            );
            yield return await ScanAsync(context, size, cancellationToken);
            yield return Walk(context, entries.Keys);
        }
    }

    private async Task<Measurement> RemovalsAsync(
        ScenarioContext context,
        string kind,
        BulkEntries entries,
        CacheInvalidation invalidation,
        Func<string, CacheInvalidation> other,
        CancellationToken cancellationToken
    )
    {
        var (done, everywhere, further) = (new List<double>(), new List<double>(), new List<double>());
        await entries.FillRedisAsync();
        for (var i = 0; i < context.Options.Repetitions; i++)
        {
            await entries.FillMemoryAsync();
            Throughput.Settle();
            var begin = Stopwatch.GetTimestamp();
            var position = await entries.Here.Cache.InvalidateAsync(invalidation, cancellationToken);
            done.Add(Stopwatch.GetElapsedTime(begin).TotalMilliseconds);
            await entries.There.Cache.WaitUntilAppliedAsync(position, cancellationToken);
            everywhere.Add(Stopwatch.GetElapsedTime(begin).TotalMilliseconds);
            further.Add(await FurtherAsync(entries.Here.Cache, other));
            await entries.EnsureGoneAsync(Checked);
        }

        return context.Result(
            this,
            Named(kind, entries.Keys.Length),
            new Metric(Done, "ms", done),
            new Metric(Everywhere, "ms", everywhere),
            new Metric(Typical, "ms", further)
        );
    }

    private static async Task<double> FurtherAsync(
        StreamHybridCache cache,
        Func<string, CacheInvalidation> invalidation
    )
    {
        var times = new List<double>(Further);
        for (var i = 0; i < Further; i++)
        {
            var begin = Stopwatch.GetTimestamp();
            await cache.InvalidateAsync(invalidation(FormattableString.Invariant($"other-{i}")));
            times.Add(Stopwatch.GetElapsedTime(begin).TotalMilliseconds);
        }

        return new LatencyDistribution(times).Percentile(50);
    }

    private async Task<Measurement> ScanAsync(ScenarioContext context, int size, CancellationToken cancellationToken)
    {
        using var connection = await ConnectionMultiplexer.ConnectAsync(context.Server.ConnectionString);
        var scan = new ScanRemoval(connection.GetDatabase(1));
        var done = new List<double>();
        foreach (var repetition in context.RepetitionsAfterWarmUp)
        {
            await scan.FillAsync(CacheEntries.Keys("scanned", size), CacheEntries.Value, cancellationToken);
            var begin = Stopwatch.GetTimestamp();
            var removed = await scan.RemoveAsync("scanned:*");
            if (removed != size)
            {
                throw new InvalidOperationException($"SCAN and DEL removed {removed} of {size} keys.");
            }

            if (repetition >= 0)
            {
                done.Add(Stopwatch.GetElapsedTime(begin).TotalMilliseconds);
            }
        }

        return context.Result(this, Named(Scan, size), new Metric(Done, "ms", done));
    }

    private Measurement Walk(ScenarioContext context, string[] keys)
    {
        var done = new List<double>();
        foreach (var repetition in context.RepetitionsAfterWarmUp)
        {
            var milliseconds = ScanRemoval.Walk(keys, "bulk:");
            if (repetition >= 0)
            {
                done.Add(milliseconds);
            }
        }

        return context.Result(this, Named("walk over a dictionary", keys.Length), new Metric(Done, "ms", done));
    }
}
