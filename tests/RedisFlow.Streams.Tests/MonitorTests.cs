using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using RedisFlow.Testing;
using StackExchange.Redis;

namespace RedisFlow.Streams.Tests;

public sealed class MonitorTests(RedisFixture redis) : IClassFixture<RedisFixture>
{
    [Fact]
    public async Task A_snapshot_shows_the_stream_its_groups_and_their_consumers()
    {
        var stream = TestHost.NewStream();
        RedisKey key = new StreamKeys(stream).Stream;
        await using var host = await TestHost.StartPublisherAsync(
            redis.Server, stream, new() { ["Streams:Groups:0"] = "one", ["Streams:Groups:1"] = "two" });
        await Eventually.Until(
            () => host.Monitor.GetSnapshotAsync(), s => s.Groups.Count == 2, cancellationToken: TestContext.Current.CancellationToken);
        var positions = (await host.PublishAsync(1, 10)).Order().ToArray();
        await redis.Database.ExecuteAsync("XREADGROUP", "GROUP", "one", "c1", "COUNT", 4, "STREAMS", key, ">");
        await redis.Database.ExecuteAsync("XREADGROUP", "GROUP", "one", "c2", "COUNT", 2, "STREAMS", key, ">");
        await redis.Database.ExecuteAsync("XACK", key, "one", positions[0].ToString(), positions[1].ToString());
        await redis.Database.ExecuteAsync("XADD", (RedisKey)new StreamKeys(stream).Dead, "*", "reason", "test");
        await redis.Database.HashSetAsync(new StreamKeys(stream).Groups, "vanished", "0-0");

        var snapshot = await host.Monitor.GetSnapshotAsync(TestContext.Current.CancellationToken);

        Assert.Equal((stream, 10, positions[9], 1), (snapshot.Stream, snapshot.Length, snapshot.LastPosition, snapshot.DeadLetters));
        Assert.Equal(["one", "two", "vanished"], snapshot.Groups.Select(g => g.Name));
        var one = snapshot.Groups[0];
        Assert.Equal((4L, 4L, positions[5]), (one.Lag, one.Pending, one.LastDelivered));
        Assert.True(one.Settled >= positions[1] && one.Settled < positions[2]);
        Assert.InRange(one.OldestPendingAge!.Value, TimeSpan.Zero, TimeSpan.FromMinutes(1));
        Assert.Equal([("c1", 2L), ("c2", 2L)], one.Consumers.Select(c => (c.Name, c.Pending)).OrderBy(c => c.Name));
        Assert.All(one.Consumers, c => Assert.InRange(c.Idle, TimeSpan.Zero, TimeSpan.FromMinutes(1)));
        var two = snapshot.Groups[1];
        Assert.Equal((10L, 0L, StreamPosition.Beginning, null), (two.Lag, two.Pending, two.Settled, two.OldestPendingAge));
        Assert.Null(snapshot.Groups[2].Lag);

        await redis.Database.ExecuteAsync("XDEL", key, positions[8].ToString());
        Assert.Null((await host.Monitor.GetSnapshotAsync(TestContext.Current.CancellationToken)).Groups[0].Lag);
    }

    [Fact]
    public async Task A_stream_that_does_not_exist_is_empty()
    {
        await using var host = TestHost.Build(redis.Server, TestHost.NewStream());

        var snapshot = await host.Monitor.GetSnapshotAsync(TestContext.Current.CancellationToken);

        Assert.Equal((0, StreamPosition.Beginning, 0), (snapshot.Length, snapshot.LastPosition, snapshot.DeadLetters));
        Assert.Empty(snapshot.Groups);
    }

    [Fact]
    public async Task The_gauges_show_the_snapshot()
    {
        var stream = TestHost.NewStream();
        await using var publisher = await TestHost.StartPublisherAsync(redis.Server, stream);
        await publisher.PublishAsync(1, 3);
        await Eventually.Until(
            () => publisher.Monitor.GetSnapshotAsync(), s => s.Groups.Count == 1, cancellationToken: TestContext.Current.CancellationToken);

        var seen = new ConcurrentDictionary<string, double>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, l) =>
            {
                if (instrument.Meter.Name == StreamTelemetry.Name)
                {
                    l.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((i, value, tags, _) => See(i, value, tags));
        listener.SetMeasurementEventCallback<double>((i, value, tags, _) => See(i, value, tags));
        listener.Start();
        await using var host = await TestHost.StartPublisherAsync(redis.Server, stream);

        await Eventually.Until(
            () =>
            {
                listener.RecordObservableInstruments();
                return seen.GetValueOrDefault("redisflow.stream.lag:g") == 3;
            },
            cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(3, seen["redisflow.stream.length:"]);
        Assert.Equal(0, seen["redisflow.stream.pending:g"]);
        Assert.Equal(0, seen["redisflow.stream.oldest_pending_age:g"]);
        Assert.Equal(0, seen["redisflow.stream.dead_letters:"]);

        void See(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            var values = tags.ToArray().ToDictionary();
            if (values.GetValueOrDefault("messaging.destination.name") as string == stream)
            {
                seen[$"{instrument.Name}:{values.GetValueOrDefault("messaging.consumer.group.name")}"] = value;
            }
        }
    }
}
