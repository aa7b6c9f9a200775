using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using RedisFlow.Testing;

namespace RedisFlow.Streams.Tests;

/// <summary>Replay, pause, and the drop of a backlog.</summary>
public sealed class GroupOperationsTests(RedisFixture redis) : IClassFixture<RedisFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_replay_delivers_everything_from_the_position_on_to_that_group_only()
    {
        var stream = TestHost.NewStream();
        Dictionary<string, string?> settings = new() { ["Streams:Groups:0"] = "g", ["Streams:Groups:1"] = "h" };
        await using var g = await TestHost.StartConsumerAsync(redis.Server, stream, "a", settings: settings);
        await using var h = await TestHost.StartConsumerAsync(
            redis.Server,
            stream,
            "b",
            settings: settings,
            group: "h"
        );
        var positions = (await g.PublishAsync(1, 20)).Order().ToArray();
        await g.DrainedAsync("g");
        await h.DrainedAsync("h");

        var result = await g.Services.GetRequiredService<IStreamAdministration>().ReplayAsync("g", positions[5], Stop);

        Assert.Equal(new ReplayResult(stream, "g", positions[5], 15, null), result);
        await Eventually.Until(() => g.Handled.All.Count == 35, cancellationToken: Stop);
        await g.DrainedAsync("g");
        Assert.Equal(positions[5..], g.Handled.All.Skip(20).Select(delivery => delivery.Position).Order());
        Assert.Equal(20, h.Handled.All.Count);
    }

    [Fact]
    public async Task A_replay_from_a_time_begins_with_that_millisecond()
    {
        await using var ops = await Operations.StartAsync(redis);
        await ops.FillAsync(3, "1700000000999");
        await ops.FillAsync(3, "1700000001000");
        await ops.FillAsync(3, "1700000001001");
        await ops.SettleAsync(9);

        var result = await ops.Admin.ReplayAsync("g", DateTimeOffset.FromUnixTimeMilliseconds(1700000001000), Stop);

        Assert.Equal(
            new ReplayResult(ops.Keys.StreamName, "g", new MessagePosition(1700000001000, 0), 6, null),
            result
        );
        Assert.Equal(
            (6L, new MessagePosition(1700000000999, ulong.MaxValue)),
            ((await ops.GroupAsync()).Lag, (await ops.GroupAsync()).LastDelivered)
        );
    }

    [Fact]
    public async Task The_lag_stays_known_through_a_replay_also_of_a_trimmed_stream()
    {
        await using var ops = await Operations.StartAsync(redis, ["g", "h"]);
        await ops.FillAsync(5000);
        await ops.SettleAsync(5000);
        await ops.SettleAsync(1000, "h");
        await ops.Admin.TrimAsync(Stop);

        var result = await ops.Admin.ReplayAsync("g", MessagePosition.Beginning, Stop);

        Assert.Equal(
            new ReplayResult(ops.Keys.StreamName, "g", MessagePosition.Beginning, 4000, new MessagePosition(1, 1001)),
            result
        );
        Assert.Equal(4000, (await ops.GroupAsync()).Lag);
        await ops.SettleAsync(1500);
        Assert.Equal(2500, (await ops.GroupAsync()).Lag);
        await ops.FillAsync(10, first: 5001);
        Assert.Equal(2510, (await ops.GroupAsync()).Lag);
        await ops.SettleAsync(2510);
        Assert.Equal(0, (await ops.GroupAsync()).Lag);
    }

    [Fact]
    public async Task What_is_pending_during_a_replay_stays_pending()
    {
        await using var ops = await Operations.StartAsync(redis);
        await ops.FillAsync(10);
        await ops.ReadAsync(10);
        await ops.AckAsync("g", Operations.Ids("1", 1, 7));

        await ops.Admin.ReplayAsync("g", new MessagePosition(1, 5), Stop);

        var group = await ops.GroupAsync();
        Assert.Equal((3L, 6L, new MessagePosition(1, 4)), (group.Pending, group.Lag, group.Settled));
        await ops.AckAsync("g", "1-8", "1-9", "1-10");
        await ops.ReadAsync(100);
        Assert.Equal((6L, 0L), ((await ops.GroupAsync()).Pending, (await ops.GroupAsync()).Lag));
    }

    [Fact]
    public async Task A_replay_counts_right_while_publishers_add_and_instances_trim()
    {
        await using var ops = await Operations.StartAsync(redis);
        await ops.FillAsync(30_000);
        await ops.SettleAsync(20_000);
        using var done = new CancellationTokenSource();
        var adding = AddAsync();
        var trimming = ops.Admin.TrimAsync(Stop);

        var result = await ops.Admin.ReplayAsync("g", new MessagePosition(1, 15_001), Stop);
        await trimming;
        await done.CancelAsync();
        var last = await adding;

        var kept = (await ops.IdsAsync()).Length;
        Assert.InRange(kept, 10_000 + last - 30_000, 15_000 + last - 30_000);
        Assert.Equal(kept, (await ops.GroupAsync()).Lag);
        Assert.InRange(result.Entries, 10_000, kept);

        async Task<int> AddAsync()
        {
            var next = 30_001;
            do
            {
                await ops.FillAsync(10, first: next);
                next += 10;
            } while (!done.IsCancellationRequested);

            return next - 1;
        }
    }

    [Fact]
    public async Task A_group_that_has_not_reached_the_position_is_not_set_forward()
    {
        await using var ops = await Operations.StartAsync(redis);
        await ops.FillAsync(10);
        await ops.SettleAsync(3);

        foreach (var from in new[] { new MessagePosition(1, 7), new MessagePosition(1, 4) })
        {
            var result = await ops.Admin.ReplayAsync("g", from, Stop);
            Assert.Equal(new ReplayResult(ops.Keys.StreamName, "g", from, 0, null), result);
        }

        Assert.Equal(
            (new MessagePosition(1, 3), 7L),
            ((await ops.GroupAsync()).LastDelivered, (await ops.GroupAsync()).Lag)
        );
    }

    [Fact]
    public async Task Positions_beyond_two_to_the_53_are_replayed_exactly()
    {
        await using var ops = await Operations.StartAsync(redis);
        await ops.AddAsync("9007199254740992-9007199254740992");
        await ops.AddAsync("9007199254740992-9007199254740993");
        await ops.AddAsync("9007199254740993-0");
        await ops.SettleAsync(2);

        Assert.Equal(0, (await ops.Admin.ReplayAsync("g", new MessagePosition(9007199254740993, 0), Stop)).Entries);
        Assert.Equal(
            2,
            (await ops.Admin.ReplayAsync("g", new MessagePosition(9007199254740992, 9007199254740993), Stop)).Entries
        );
        Assert.Equal(2, (await ops.GroupAsync()).Lag);
    }

    [Fact]
    public async Task A_replay_from_beyond_the_end_or_from_before_1970_is_refused()
    {
        await using var ops = await Operations.StartAsync(redis);
        await ops.FillAsync(10);
        await ops.SettleAsync(10);

        var beyond = await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() =>
            ops.Admin.ReplayAsync("g", new MessagePosition(1, 11), Stop)
        );
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() =>
            ops.Admin.ReplayAsync("g", DateTimeOffset.UtcNow, Stop)
        );
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() =>
            ops.Admin.ReplayAsync("g", DateTimeOffset.UnixEpoch.AddTicks(-1), Stop)
        );

        Assert.Contains("ends at 1-10", beyond.Message, StringComparison.Ordinal);
        Assert.Equal(new MessagePosition(1, 10), (await ops.GroupAsync()).LastDelivered);
    }

    [Fact]
    public async Task A_group_that_the_stream_does_not_have_is_refused_with_those_that_it_has()
    {
        await using var ops = await Operations.StartAsync(redis, ["g", "h"]);
        await ops.FillAsync(1);
        Func<Task>[] operations =
        [
            () => ops.Admin.ReplayAsync("x", MessagePosition.Beginning, Stop),
            () => ops.Admin.PauseAsync("x", "why", Stop),
            () => ops.Admin.ResumeAsync("x", Stop),
            () => ops.Admin.RemoveConsumerAsync("x", "c", Stop),
            () => ops.Admin.ClaimStaleAsync("x", TimeSpan.Zero, Stop),
            () => ops.Admin.DropBacklogAsync("x", Stop),
            () => ops.Admin.RetireGroupAsync("x", Stop),
        ];

        foreach (var operation in operations)
        {
            var refused = await Assert.ThrowsAsync<ConsumerGroupNotFoundException>(operation);
            Assert.Contains("no group 'x'; it has: g, h", refused.Message, StringComparison.Ordinal);
        }

        await redis.Database.KeyDeleteAsync(ops.Keys.Stream);
        foreach (var operation in operations)
        {
            Assert.Contains(
                "it has none yet",
                (await Assert.ThrowsAsync<ConsumerGroupNotFoundException>(operation)).Message,
                StringComparison.Ordinal
            );
        }
    }

    [Fact]
    public async Task A_pause_is_shown_with_its_reason_and_its_first_time_until_the_group_goes_on()
    {
        await using var ops = await Operations.StartAsync(redis, ["g", "h"]);

        var first = await ops.Admin.PauseAsync("g", "maintenance", Stop);
        Assert.InRange(first.Since, DateTimeOffset.UtcNow.AddMinutes(-5), DateTimeOffset.UtcNow.AddMinutes(5));
        first = first with { Since = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_000) };
        await redis.Database.HashSetAsync(ops.Keys.Paused, "g", "1700000000000 maintenance");
        var second = await ops.Admin.PauseAsync("g", "longer maintenance", Stop);

        Assert.Equal(new GroupPause("longer maintenance", first.Since), second);
        Assert.Equal(second, (await ops.GroupAsync()).Paused);
        Assert.Null((await ops.GroupAsync("h")).Paused);

        Assert.True(await ops.Admin.ResumeAsync("g", Stop));
        Assert.False(await ops.Admin.ResumeAsync("g", Stop));
        Assert.Null((await ops.GroupAsync()).Paused);
    }

    [Fact]
    public async Task The_workers_of_a_paused_group_begin_nothing_until_it_goes_on()
    {
        var stream = TestHost.NewStream();
        Dictionary<string, string?> settings = new() { ["Streams:Groups:0"] = "g", ["Streams:Groups:1"] = "h" };
        await using var operations = await TestHost.StartPublisherAsync(redis.Server, stream, settings);
        await Eventually.Until(
            () => operations.Monitor.GetSnapshotAsync(),
            s => s.Groups.Count(g => g.Exists) == 2,
            cancellationToken: Stop
        );
        var admin = operations.Services.GetRequiredService<IStreamAdministration>();
        await admin.PauseAsync("g", "maintenance", Stop);
        await using var g = await TestHost.StartConsumerAsync(redis.Server, stream, "a", settings: settings);
        await using var h = await TestHost.StartConsumerAsync(
            redis.Server,
            stream,
            "b",
            settings: settings,
            group: "h"
        );
        await operations.PublishAsync(1, 10);
        await h.DrainedAsync("h");

        Assert.Empty(g.Handled.All);
        await admin.ResumeAsync("g", Stop);
        await g.DrainedAsync("g");
        Assert.Equal(10, g.Handled.All.Count);
    }

    [Fact]
    public async Task A_declared_group_can_be_paused_before_it_exists()
    {
        await using var ops = await Operations.StartAsync(redis);
        await redis.Database.KeyDeleteAsync(ops.Keys.Stream);

        await ops.Admin.PauseAsync("g", "why", Stop);

        var group = await ops.GroupAsync();
        Assert.Equal((true, false, "why"), (group.IsDeclared, group.Exists, group.Paused?.Reason));
    }

    [Fact]
    public async Task A_pause_that_was_written_by_hand_pauses_too()
    {
        await using var ops = await Operations.StartAsync(redis);
        await redis.Database.HashSetAsync(ops.Keys.Paused, "g", "by hand");

        Assert.Equal(new GroupPause("by hand", DateTimeOffset.UnixEpoch), (await ops.GroupAsync()).Paused);
    }

    [Fact]
    public async Task A_pause_needs_a_reason_that_is_not_too_long()
    {
        await using var ops = await Operations.StartAsync(redis);

        await Assert.ThrowsAsync<ArgumentException>(() => ops.Admin.PauseAsync("g", " ", Stop));
        await Assert.ThrowsAsync<ArgumentException>(() => ops.Admin.PauseAsync("g", new string('x', 501), Stop));
    }

    [Fact]
    public async Task A_dropped_backlog_is_neither_pending_nor_delivered_and_no_longer_keeps_the_stream()
    {
        using var log = new FakeLoggerProvider();
        await using var ops = await Operations.StartAsync(
            redis,
            ["g", "h"],
            services: services => services.AddLogging(logging => logging.AddProvider(log))
        );
        await ops.FillAsync(5000);
        await ops.ReadAsync(3500);
        await ops.SettleAsync(5000, "h");

        var dropped = await ops.Admin.DropBacklogAsync("g", Stop);

        Assert.Equal(new DroppedBacklog(3500, 1500, new MessagePosition(1, 5000)), dropped);
        Assert.Equal((0L, 0L), ((await ops.GroupAsync()).Pending, (await ops.GroupAsync()).Lag));
        Assert.True(
            log.Collector.Contains(LogLevel.Warning, "the backlog is dropped, 3500 pending and 1500 undelivered")
        );
        Assert.Equal(new TrimResult(ops.Keys.StreamName, 5000, null), await ops.Admin.TrimAsync(Stop));
        await ops.FillAsync(2, first: 5001);
        Assert.Equal(2, (await ops.GroupAsync()).Lag);
        Assert.Equal(
            new DroppedBacklog(0, 2, new MessagePosition(1, 5002)),
            await ops.Admin.DropBacklogAsync("g", Stop)
        );
    }
}
