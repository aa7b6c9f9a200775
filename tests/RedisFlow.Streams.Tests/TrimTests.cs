using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using RedisFlow.Streams.Features;
using RedisFlow.Testing;
using StackExchange.Redis;

namespace RedisFlow.Streams.Tests;

public sealed class TrimTests(RedisFixture redis) : IClassFixture<RedisFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_every_group_has_settled_is_removed_and_what_one_has_pending_stays()
    {
        await using var ops = await Operations.StartAsync(redis, ["g", "h"]);
        await ops.FillAsync(10);
        await ops.ReadAsync(10);
        await ops.AckAsync("g", "1-1", "1-2", "1-3");
        await ops.SettleAsync(8, "h");

        var result = await ops.Admin.TrimAsync(Stop);

        Assert.Equal(3, result.Removed);
        Assert.Equal(new TrimHold(TrimHoldReason.Pending, "g", new MessagePosition(1, 4)), result.Hold);
        Assert.Equal(Operations.Ids("1", 4, 7), await ops.IdsAsync());
    }

    [Fact]
    public async Task What_a_group_was_not_given_stays()
    {
        await using var ops = await Operations.StartAsync(redis, ["g", "h"]);
        await ops.FillAsync(10);
        await ops.SettleAsync(10);
        await ops.SettleAsync(4, "h");

        var result = await ops.Admin.TrimAsync(Stop);

        Assert.Equal(
            new TrimResult(
                ops.Keys.StreamName,
                4,
                new TrimHold(TrimHoldReason.NotDelivered, "h", new MessagePosition(1, 4))
            ),
            result
        );
        Assert.Equal(Operations.Ids("1", 5, 6), await ops.IdsAsync());
    }

    [Fact]
    public async Task A_stream_that_is_settled_to_its_end_is_emptied_and_goes_on_counting()
    {
        await using var ops = await Operations.StartAsync(redis);
        await ops.FillAsync(10);
        await ops.SettleAsync(10);

        Assert.Equal(new TrimResult(ops.Keys.StreamName, 10, null), await ops.Admin.TrimAsync(Stop));
        Assert.Equal(new TrimResult(ops.Keys.StreamName, 0, null), await ops.Admin.TrimAsync(Stop));

        var snapshot = await ops.SnapshotAsync();
        Assert.Equal(
            (0, new MessagePosition(1, 10), 10),
            (snapshot.Length, snapshot.LastPosition, snapshot.EntriesAdded)
        );
        Assert.Equal(0, snapshot.Groups.Single().Lag);
        await ops.FillAsync(3, first: 11);
        Assert.Equal(3, (await ops.GroupAsync()).Lag);
        await ops.SettleAsync(3);
        Assert.Equal(0, (await ops.GroupAsync()).Lag);
    }

    [Fact]
    public async Task A_declared_group_that_does_not_exist_keeps_everything()
    {
        await using var ops = await Operations.StartAsync(redis, ["g", "h"]);
        await ops.FillAsync(10);
        await ops.SettleAsync(10);
        await redis.Database.ExecuteAsync("XGROUP", "DESTROY", (RedisKey)ops.Keys.Stream, "h");

        var result = await ops.Admin.TrimAsync(Stop);

        Assert.Equal(
            new TrimResult(
                ops.Keys.StreamName,
                0,
                new TrimHold(TrimHoldReason.GroupMissing, "h", MessagePosition.Beginning)
            ),
            result
        );
        Assert.Equal(10, await ops.LengthAsync());
    }

    [Fact]
    public async Task A_group_that_exists_without_being_declared_keeps_what_it_has_not_settled()
    {
        await using var ops = await Operations.StartAsync(redis);
        await ops.FillAsync(10);
        await ops.SettleAsync(10);
        await redis.Database.ExecuteAsync("XGROUP", "CREATE", (RedisKey)ops.Keys.Stream, "visitor", "1-6");

        var result = await ops.Admin.TrimAsync(Stop);

        Assert.Equal(
            new TrimResult(
                ops.Keys.StreamName,
                6,
                new TrimHold(TrimHoldReason.NotDelivered, "visitor", new MessagePosition(1, 6))
            ),
            result
        );
    }

    [Fact]
    public async Task A_stream_without_any_group_is_not_trimmed()
    {
        await using var ops = await Operations.StartAsync(redis);
        await ops.FillAsync(10);
        await redis.Database.ExecuteAsync("XGROUP", "DESTROY", (RedisKey)ops.Keys.Stream, "g");
        await redis.Database.KeyDeleteAsync(ops.Keys.Groups);

        Assert.Equal(
            new TrimResult(
                ops.Keys.StreamName,
                0,
                new TrimHold(TrimHoldReason.NoGroups, null, MessagePosition.Beginning)
            ),
            await ops.Admin.TrimAsync(Stop)
        );
        Assert.Equal(10, await ops.LengthAsync());
    }

    [Fact]
    public async Task A_stream_that_does_not_exist_is_nothing_to_trim()
    {
        await using var ops = await Operations.StartAsync(redis);
        await redis.Database.KeyDeleteAsync(ops.Keys.Stream);

        Assert.Equal(new TrimResult(ops.Keys.StreamName, 0, null), await ops.Admin.TrimAsync(Stop));
        Assert.False(await redis.Database.KeyExistsAsync(ops.Keys.Stream));
    }

    [Fact]
    public async Task What_is_settled_stays_for_the_retention_by_the_servers_clock()
    {
        await using var ops = await Operations.StartAsync(
            redis,
            settings: new() { ["Streams:Retention"] = "01:00:00" }
        );
        var now = await NowAsync();
        await ops.AddAsync($"{now - 7_200_000}-0");
        await ops.AddAsync($"{now - 3_700_000}-0");
        await ops.AddAsync($"{now - 3_000_000}-0");
        await ops.AddAsync("*");
        await ops.SettleAsync(4);

        var result = await ops.Admin.TrimAsync(Stop);

        Assert.Equal((2L, TrimHoldReason.Retention, null), (result.Removed, result.Hold?.Reason, result.Hold?.Group));
        Assert.Equal(2, await ops.LengthAsync());
    }

    [Fact]
    public async Task Nothing_is_removed_when_everything_is_retained()
    {
        await using var ops = await Operations.StartAsync(
            redis,
            settings: new() { ["Streams:Retention"] = "-00:00:00.001" }
        );
        await ops.FillAsync(10);
        await ops.SettleAsync(10);

        var result = await ops.Admin.TrimAsync(Stop);

        Assert.Equal((0L, TrimHoldReason.Retention), (result.Removed, result.Hold?.Reason));
        Assert.Equal(10, await ops.LengthAsync());
    }

    [Theory]
    [InlineData("9007199254740992", "9007199254740993", "9007199254740994")]
    [InlineData("9", "10", "11")]
    [InlineData("99999999999999999", "100000000000000000", "100000000000000001")]
    [InlineData("18446744073709551612", "18446744073709551613", "18446744073709551614")]
    public async Task Positions_are_compared_exactly_where_numbers_are_not(string first, string second, string third)
    {
        await using var ops = await Operations.StartAsync(redis, ["g", "h"]);
        await ops.AddAsync($"{first}-{third}");
        await ops.AddAsync($"{second}-{first}");
        await ops.AddAsync($"{second}-{second}");
        await ops.AddAsync($"{second}-{third}");
        await ops.SettleAsync(4);
        await ops.SettleAsync(1, "h");

        Assert.Equal(1, (await ops.Admin.TrimAsync(Stop)).Removed);
        await ops.SettleAsync(1, "h");
        Assert.Equal(1, (await ops.Admin.TrimAsync(Stop)).Removed);
        await ops.ReadAsync(2, "h");
        await ops.AckAsync("h", $"{second}-{second}");

        Assert.Equal(1, (await ops.Admin.TrimAsync(Stop)).Removed);
        Assert.Equal([$"{second}-{third}"], await ops.IdsAsync());
    }

    [Fact]
    public async Task An_entry_with_the_highest_sequence_is_no_reason_to_remove_the_next()
    {
        await using var ops = await Operations.StartAsync(redis);
        await ops.AddAsync("1-18446744073709551614");
        await ops.AddAsync("1-18446744073709551615");
        await ops.AddAsync("2-0");
        await ops.SettleAsync(2);

        await ops.Admin.TrimAsync(Stop);

        Assert.Contains("2-0", await ops.IdsAsync());
        Assert.DoesNotContain("1-18446744073709551614", await ops.IdsAsync());
    }

    [Fact]
    public async Task Settled_entries_behind_a_stuck_one_go_where_the_server_can_and_the_lag_stays_known()
    {
        await using var ops = await Operations.StartAsync(redis, ["g", "h"]);
        await ops.FillAsync(1000);
        await ops.ReadAsync(700);
        await ops.AckAsync("g", [.. Operations.Ids("1", 1, 700).Where(id => id is not ("1-5" or "1-300"))]);
        await ops.SettleAsync(900, "h");

        var result = await ops.Admin.TrimAsync(Stop);

        Assert.Equal(new TrimHold(TrimHoldReason.Pending, "g", new MessagePosition(1, 5)), result.Hold);
        var features = await ops.Host.Services.GetRequiredService<FeatureProbe>().ProbeAsync(Stop);
        Assert.Equal(RedisTiers.Current == RedisTier.Latest, features.HasAckDel);
        string[] kept = features.HasAckDel
            ? ["1-5", "1-300", .. Operations.Ids("1", 700, 301)]
            : Operations.Ids("1", 5, 996);
        Assert.Equal(kept, await ops.IdsAsync());
        Assert.Equal(1000 - kept.Length, result.Removed);
        Assert.Equal([300L, 100L], (await ops.SnapshotAsync()).Groups.Select(g => g.Lag));

        // The stuck entries are still there to be handled, and the lag is known to the end.
        await ops.AckAsync("g", "1-5", "1-300");
        await ops.SettleAsync(300);
        await ops.SettleAsync(100, "h");
        Assert.Equal([0L, 0L], (await ops.SnapshotAsync()).Groups.Select(g => g.Lag));
        Assert.Equal(kept.Length, (await ops.Admin.TrimAsync(Stop)).Removed);
    }

    [Fact]
    public async Task Entries_behind_a_stuck_one_stay_while_a_declared_group_is_missing_or_they_are_young()
    {
        await using var ops = await Operations.StartAsync(
            redis,
            ["g", "h"],
            new() { ["Streams:Retention"] = "01:00:00" }
        );
        var now = await NowAsync();
        await ops.FillAsync(3, $"{now - 7_200_000}");
        await ops.FillAsync(3, $"{now - 1000}");
        await ops.ReadAsync(6);
        await ops.AckAsync("g", [.. (await ops.IdsAsync()).Skip(1)]);
        await ops.SettleAsync(6, "h");
        await redis.Database.HashSetAsync(ops.Keys.Groups, "missing", "0-0");

        Assert.Equal(0, (await ops.Admin.TrimAsync(Stop)).Removed);
        await redis.Database.HashDeleteAsync(ops.Keys.Groups, "missing");
        Assert.Equal(RedisTiers.Current == RedisTier.Latest ? 2 : 0, (await ops.Admin.TrimAsync(Stop)).Removed);
    }

    [Fact]
    public async Task A_group_that_was_set_back_before_its_pending_entries_keeps_what_it_is_given_again()
    {
        await using var ops = await Operations.StartAsync(redis);
        await ops.FillAsync(10);
        await ops.ReadAsync(10);
        await ops.AckAsync("g", Operations.Ids("1", 1, 8));
        await ops.Admin.ReplayAsync("g", new MessagePosition(1, 3), Stop);

        Assert.Equal(2, (await ops.Admin.TrimAsync(Stop)).Removed);
        Assert.Equal(new MessagePosition(1, 2), (await ops.GroupAsync()).Settled);
    }

    [Fact]
    public async Task A_live_tail_sees_no_gap_when_the_stream_is_trimmed()
    {
        var observer = new TailTests.Observer();
        var stream = TestHost.NewStream();
        await using var host = await TestHost.StartAsync(
            TestHost.Build(
                redis.Server,
                stream,
                streams: streams =>
                    streams.AddStreamTail().AddStreamConsumer("g").HandleEveryMessage<RecordingHandler>(),
                settings: new() { ["Streams:Retention"] = "00:00:00" },
                services: services => services.AddSingleton<IStreamTailObserver>(observer)
            )
        );
        for (var round = 0; round < 5; round++)
        {
            var positions = await host.PublishAsync(1 + (round * 50), 50);
            await host.Tail.WaitUntilAppliedAsync(positions.Max(), Stop);
            await host.DrainedAsync();
            await host.Services.GetRequiredService<IStreamAdministration>().TrimAsync(Stop);
        }

        // A heartbeat after the last trim compares what was added with what was seen.
        var heartbeats = observer.Heartbeats.Count;
        await Eventually.Until(() => observer.Heartbeats.Count > heartbeats + 1, cancellationToken: Stop);
        Assert.Equal(250, observer.Messages.Count);
        Assert.Equal(TailStartReason.FirstStart, Assert.Single(observer.Starts).Reason);
        Assert.Equal(0, (await host.Monitor.GetSnapshotAsync(Stop)).Length);
    }

    [Fact]
    public async Task Nothing_is_lost_while_many_trim_and_groups_read_and_publishers_add()
    {
        var stream = TestHost.NewStream();
        Dictionary<string, string?> settings = new()
        {
            ["Streams:Groups:0"] = "g",
            ["Streams:Groups:1"] = "h",
            ["Streams:Retention"] = "00:00:00",
            ["Streams:TrimInterval"] = "00:00:00.100",
        };
        await using var first = await TestHost.StartConsumerAsync(redis.Server, stream, "first", settings: settings);
        await using var second = await TestHost.StartConsumerAsync(
            redis.Server,
            stream,
            "second",
            settings: settings,
            group: "h"
        );
        using var done = new CancellationTokenSource();
        var trimming = Enumerable
            .Range(0, 3)
            .Select(i => TrimAsync((i % 2 == 0 ? first : second).Services, done.Token))
            .ToArray();

        for (var round = 0; round < 20; round++)
        {
            await Task.WhenAll(
                first.PublishAsync(1 + (round * 200), 100),
                second.PublishAsync(101 + (round * 200), 100)
            );
        }

        await first.DrainedAsync("g", TimeSpan.FromMinutes(2));
        await second.DrainedAsync("h", TimeSpan.FromMinutes(2));
        await done.CancelAsync();
        var trimmed = (await Task.WhenAll(trimming)).Sum();

        var expected = Enumerable.Range(1, 4000).Select(id => (long)id);
        Assert.Equal(expected, first.Handled.Companies.Distinct().Order());
        Assert.Equal(expected, second.Handled.Companies.Distinct().Order());
        Assert.True(trimmed > 0);
        await Eventually.Until(
            async () => (await first.Monitor.GetSnapshotAsync()).Length == 0,
            cancellationToken: Stop
        );

        static async Task<long> TrimAsync(IServiceProvider services, CancellationToken stop)
        {
            var trimmed = 0L;
            while (!stop.IsCancellationRequested)
            {
                trimmed += (
                    await services.GetRequiredService<IStreamAdministration>().TrimAsync(CancellationToken.None)
                ).Removed;
                await Task.Yield();
            }

            return trimmed;
        }
    }

    [Fact]
    public async Task A_hundred_thousand_entries_are_removed_to_the_last_settled_one()
    {
        await using var ops = await Operations.StartAsync(redis);
        await ops.FillAsync(100_000);
        await ops.SettleAsync(99_990);

        Assert.Equal(99_990, (await ops.Admin.TrimAsync(Stop)).Removed);
        Assert.Equal(Operations.Ids("1", 99_991, 10), await ops.IdsAsync());
        Assert.Equal(10, (await ops.GroupAsync()).Lag);
    }

    [Fact]
    public async Task Instances_that_consume_trim_by_themselves_and_count_it()
    {
        var stream = TestHost.NewStream();
        var counted = 0L;
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, l) =>
            {
                if (instrument.Name == "redisflow.stream.trimmed")
                {
                    l.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>(
            (_, value, tags, _) =>
            {
                if (tags.ToArray().Any(tag => tag.Value as string == stream))
                {
                    Interlocked.Add(ref counted, value);
                }
            }
        );
        listener.Start();
        await using var host = await TestHost.StartConsumerAsync(
            redis.Server,
            stream,
            settings: new() { ["Streams:Retention"] = "00:00:00", ["Streams:TrimInterval"] = "00:00:00.100" }
        );

        await host.PublishAsync(1, 20);

        await Eventually.Until(() => Interlocked.Read(ref counted) == 20, cancellationToken: Stop);
        Assert.Equal(0, (await host.Monitor.GetSnapshotAsync(Stop)).Length);
    }

    private async Task<long> NowAsync()
    {
        var time = (RedisResult[])(await redis.Database.ExecuteAsync("TIME"))!;
        return (long)time[0] * 1000;
    }
}
