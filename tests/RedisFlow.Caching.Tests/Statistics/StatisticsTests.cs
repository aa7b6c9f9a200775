using RedisFlow.Caching.L1;
using RedisFlow.Domain.Messages;
using RedisFlow.Streams;
using RedisFlow.Testing;

namespace RedisFlow.Caching.Tests;

public sealed class StatisticsTests(RedisFixture redis)
{
    private readonly TestStream _stream = new();

    [Fact]
    public async Task Reads_are_counted_per_declared_pattern()
    {
        await using var instance = NewInstance();
        await instance.ReadAsync("report:1", "v");
        await instance.ReadAsync("report:1", "v");
        await instance.ReadAsync("report:2", "v");
        await instance.ReadAsync("other", "v");

        var statistics = instance.Cache.GetStatistics();
        Assert.Equal(["report:*", "*"], statistics.Patterns.Select(pattern => pattern.Pattern));
        var (reports, others) = (statistics.Patterns[0], statistics.Patterns[1]);
        Assert.Equal((1, 0, 2), (reports.L1Hits, reports.L2Hits, reports.Misses));
        Assert.Equal(1.0 / 3, reports.HitRate);
        Assert.Equal(2, reports.LoadLatency.Count);
        Assert.Equal(2, reports.L2Latency.Count);
        Assert.Equal((1, 0.0), (others.Misses, others.HitRate));
        Assert.Equal(3, statistics.Entries);
        Assert.Equal(L2CircuitState.Closed, statistics.Redis.Circuit);
    }

    [Fact]
    public async Task Invalidations_are_counted_with_their_rate_and_lag()
    {
        await using var instance = NewInstance();
        for (var i = 0; i < 30; i++)
        {
            _stream.Announce(new CompanyUpdated { CompanyId = i });
        }

        instance.Time.Advance(TimeSpan.FromSeconds(10));
        var heard = instance.Cache.GetStatistics().Invalidations;
        Assert.Equal((30, 3.0, _stream.Last), (heard.Applied, heard.PerSecond, heard.Position));
        Assert.Equal((TimeSpan.FromSeconds(10), false), (heard.Lag, heard.IsBlind));

        instance.Time.Advance(TimeSpan.FromSeconds(60));
        heard = instance.Cache.GetStatistics().Invalidations;
        Assert.Equal((30, 0.0, true), (heard.Applied, heard.PerSecond, heard.IsBlind));
        instance.Tail.Start(_stream.Last, TailStartReason.Gap);
        Assert.Equal(1, instance.Cache.GetStatistics().Invalidations.Flushes);
    }

    [Fact]
    public async Task One_hit_in_many_is_timed()
    {
        await using var instance = NewInstance();
        for (var i = 0; i < 64 * L1Reader.HitsPerSample; i++)
        {
            await instance.ReadAsync("report:1", "v");
        }

        Assert.InRange(instance.Cache.GetStatistics().Patterns[0].L1Latency.Count, 1, 64);
    }

    private TestInstance NewInstance() =>
        new(
            _stream,
            redis.Connection,
            ServiceNames.New(),
            configure: options => options.Policies["reports"] = new CachePolicy { KeyPrefix = "report" }
        );
}
