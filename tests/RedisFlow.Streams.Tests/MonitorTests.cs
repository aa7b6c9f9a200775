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
            redis.Server,
            stream,
            new() { ["Streams:Groups:0"] = "one", ["Streams:Groups:1"] = "two" }
        );
        await Eventually.Until(
            () => host.Monitor.GetSnapshotAsync(),
            s => s.Groups.Count == 2,
            cancellationToken: TestContext.Current.CancellationToken
        );
        var positions = (await host.PublishAsync(1, 10)).Order().ToArray();
        await redis.Database.ExecuteAsync("XREADGROUP", "GROUP", "one", "c1", "COUNT", 4, "STREAMS", key, ">");
        await redis.Database.ExecuteAsync("XREADGROUP", "GROUP", "one", "c2", "COUNT", 2, "STREAMS", key, ">");
        await redis.Database.ExecuteAsync("XACK", key, "one", positions[0].ToString(), positions[1].ToString());
        await redis.Database.ExecuteAsync("XADD", (RedisKey)new StreamKeys(stream).Dead, "*", "reason", "test");
        await redis.Database.HashSetAsync(new StreamKeys(stream).Groups, "vanished", "0-0");

        var snapshot = await host.Monitor.GetSnapshotAsync(TestContext.Current.CancellationToken);

        Assert.Equal(
            (stream, 10, positions[9], 1),
            (snapshot.Stream, snapshot.Length, snapshot.LastPosition, snapshot.DeadLetters)
        );
        Assert.Equal(["one", "two", "vanished"], snapshot.Groups.Select(g => g.Name));
        var one = snapshot.Groups[0];
        Assert.Equal((4L, 4L, positions[5]), (one.Lag, one.Pending, one.LastDelivered));
        Assert.True(one.Settled >= positions[1] && one.Settled < positions[2]);
        Assert.InRange(one.OldestPendingAge!.Value, TimeSpan.Zero, TimeSpan.FromMinutes(1));
        Assert.Equal([("c1", 2L), ("c2", 2L)], one.Consumers.Select(c => (c.Name, c.Pending)).OrderBy(c => c.Name));
        Assert.All(one.Consumers, c => Assert.InRange(c.Idle, TimeSpan.Zero, TimeSpan.FromMinutes(1)));
        var two = snapshot.Groups[1];
        Assert.Equal(
            (10L, 0L, MessagePosition.Beginning, null),
            (two.Lag, two.Pending, two.Settled, two.OldestPendingAge)
        );
        Assert.Null(snapshot.Groups[2].Lag);

        await redis.Database.ExecuteAsync("XDEL", key, positions[8].ToString());
        Assert.Null((await host.Monitor.GetSnapshotAsync(TestContext.Current.CancellationToken)).Groups[0].Lag);
    }

    /// <summary>
    /// So it is after a replay and a restart of the server: reading is in the append-only file without the number of
    /// entries that were read.
    /// </summary>
    [Fact]
    public async Task A_group_at_the_streams_end_lags_behind_nothing_though_Redis_has_lost_count()
    {
        await using var ops = await Operations.StartAsync(redis, ["g"]);
        await ops.FillAsync(10);
        await ops.ReadAsync(10);
        await redis.Database.ExecuteAsync("XGROUP", "SETID", (RedisKey)ops.Keys.Stream, "g", "1-10", "ENTRIESREAD", 0);

        Assert.Equal(0, (await ops.SnapshotAsync()).Groups.Single().Lag);
        Assert.Equal(0, (await ops.Admin.DropBacklogAsync("g", TestContext.Current.CancellationToken)).Undelivered);
    }

    [Fact]
    public async Task A_snapshot_shows_what_an_operator_needs_to_know()
    {
        await using var ops = await Operations.StartAsync(redis, ["g", "h"]);
        await ops.FillAsync(10);
        await ops.SettleAsync(10, "h");
        await ops.ReadAsync(4);
        await ops.AckAsync("g", "1-1", "1-2");
        await redis.Database.ExecuteAsync(
            "XCLAIM",
            (RedisKey)ops.Keys.Stream,
            "g",
            "c",
            0,
            "1-3",
            "IDLE",
            7_200_000,
            "RETRYCOUNT",
            3,
            "JUSTID"
        );
        await ops.Admin.TrimAsync(TestContext.Current.CancellationToken);
        await redis.Database.ExecuteAsync("XGROUP", "CREATE", (RedisKey)ops.Keys.Stream, "visitor", "$");
        await redis.Database.HashSetAsync(ops.Keys.Groups, "vanished", "0-0");
        await redis.Database.SortedSetAddAsync(ops.Keys.Delayed, "later", 1);

        var snapshot = await ops.SnapshotAsync();

        Assert.Equal(
            (new MessagePosition(1, 3), 10L, 1L),
            (snapshot.FirstPosition!.Value, snapshot.EntriesAdded, snapshot.Delayed)
        );
        Assert.True(snapshot.MemoryBytes > 0);
        Assert.Equal(
            [("g", true, true), ("h", true, true), ("vanished", true, false), ("visitor", false, true)],
            snapshot.Groups.Select(g => (g.Name, g.IsDeclared, g.Exists))
        );
        var g = snapshot.Groups[0];
        Assert.Equal((4L, 3L), (g.EntriesRead!.Value, g.OldestPendingDeliveries));
        Assert.InRange(g.OldestPendingIdle!.Value, TimeSpan.FromHours(2), TimeSpan.FromHours(3));
        Assert.Equal((null, 0L), (snapshot.Groups[1].OldestPendingIdle, snapshot.Groups[1].OldestPendingDeliveries));
        var inactive = g.Consumers.Single().Inactive;
        Assert.Equal(RedisTiers.Current != RedisTier.Distribution, inactive is not null);
        Assert.True(inactive is null || inactive < TimeSpan.FromHours(1));
    }

    [Fact]
    public async Task A_snapshot_is_taken_where_the_memory_may_not_be_asked_for()
    {
        await using var ops = await Operations.StartAsync(redis);
        await ops.FillAsync(1);
        await redis.OnEveryNodeAsync("ACL", "SETUSER", "default", "-memory");
        try
        {
            var snapshot = await ops.SnapshotAsync();

            Assert.Equal((1L, null), (snapshot.Length, snapshot.MemoryBytes));
        }
        finally
        {
            await redis.OnEveryNodeAsync("ACL", "SETUSER", "default", "+memory");
        }
    }

    [Fact]
    public async Task A_stream_that_does_not_exist_is_empty()
    {
        await using var host = TestHost.Build(redis.Server, TestHost.NewStream());

        var snapshot = await host.Monitor.GetSnapshotAsync(TestContext.Current.CancellationToken);

        Assert.Equal((0, MessagePosition.Beginning, 0), (snapshot.Length, snapshot.LastPosition, snapshot.DeadLetters));
        Assert.Empty(snapshot.Groups);
    }

    [Fact]
    public async Task The_gauges_show_the_snapshot()
    {
        var stream = TestHost.NewStream();
        await using var publisher = await TestHost.StartPublisherAsync(redis.Server, stream);
        await publisher.PublishAsync(1, 3);
        await Eventually.Until(
            () => publisher.Monitor.GetSnapshotAsync(),
            s => s.Groups.Count == 1,
            cancellationToken: TestContext.Current.CancellationToken
        );

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
            cancellationToken: TestContext.Current.CancellationToken
        );
        Assert.Equal(3, seen["redisflow.stream.length:"]);
        Assert.Equal(0, seen["redisflow.stream.pending:g"]);
        Assert.Equal(0, seen["redisflow.stream.oldest_pending_age:g"]);
        Assert.Equal(0, seen["redisflow.stream.dead_letters:"]);
        Assert.Equal(0, seen["redisflow.stream.delayed:"]);
        Assert.True(seen["redisflow.stream.memory:"] > 0);
        Assert.Equal(0, seen["redisflow.stream.paused:g"]);
        Assert.Equal(0, seen["redisflow.stream.missing:g"]);
        Assert.Equal(0, seen["redisflow.stream.consumers:g"]);
        Assert.Equal(0, seen["redisflow.stream.oldest_pending_idle:g"]);

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
