using Microsoft.Extensions.Time.Testing;
using RedisFlow.Caching.Telemetry;
using RedisFlow.Testing;

namespace RedisFlow.Caching.Tests;

/// <summary>What is not cached says so: once for each key, and in a metric.</summary>
public sealed class NotCachedTests(RedisFixture redis)
{
    private readonly string _service = ServiceNames.New();
    private readonly TestStream _stream = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_value_that_is_set_and_too_large_or_not_serializable_is_logged_once_for_each_key_and_counted()
    {
        await using var instance = new TestInstance(
            _stream,
            redis.Connection,
            _service,
            configure: options => options.MaxPayloadBytes = 10
        );
        var cycle = new Cycle();
        cycle.Self = cycle;
        for (var i = 0; i < 3; i++)
        {
            await instance.Cache.SetAsync("large:1", "0123456789x", cancellationToken: Cancellation);
            await instance.Cache.SetAsync("large:2", "0123456789x", cancellationToken: Cancellation);
            await instance.Cache.SetAsync("cycle", cycle, cancellationToken: Cancellation);
            await instance.Cache.SetAsync("small", "0123456789", cancellationToken: Cancellation);
        }

        var lines = instance.Logger.Collector.GetSnapshot().Select(line => line.Message).ToArray();
        Assert.Equal(3, lines.Length);
        Assert.Single(
            lines,
            line =>
                line.Contains("large:1", StringComparison.Ordinal)
                && line.Contains("11 bytes, more than Caching:MaxPayloadBytes, 10", StringComparison.Ordinal)
        );
        Assert.Single(lines, line => line.Contains("large:2", StringComparison.Ordinal));
        Assert.Single(lines, line => line.Contains("cycle cannot be serialized", StringComparison.Ordinal));
        Assert.Equal((6, 3), (instance.Metrics.TooLarge.Value, instance.Metrics.NotSerializable.Value));
    }

    [Fact]
    public async Task Before_the_tail_has_started_reads_and_writes_say_once_that_nothing_is_cached_yet()
    {
        await using var instance = new TestInstance(_stream, redis.Connection, _service, start: false);
        await instance.ReadAsync("first", "v");
        await instance.ReadAsync("second", "v");
        await instance.Cache.SetAsync("third", "v", cancellationToken: Cancellation);
        Assert.Contains(
            "first was asked for before",
            Assert.Single(instance.Logger.Collector.GetSnapshot()).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Beyond_the_keys_that_are_remembered_one_line_per_interval_is_let_through()
    {
        var time = new FakeTimeProvider();
        var log = new LogOncePerKey(time);
        for (var i = 0; i < LogOncePerKey.MaxKeys; i++)
        {
            Assert.True(log.MayLog($"k:{i}"));
        }

        time.Advance(TimeSpan.FromSeconds(10));
        Assert.True(log.MayLog("one more"));
        Assert.False(log.MayLog("and another"));
        time.Advance(TimeSpan.FromSeconds(10));
        Assert.False(log.MayLog("k:1"));
        Assert.True(log.MayLog("and another"));
    }

    public sealed class Cycle
    {
        public Cycle? Self { get; set; }
    }
}
