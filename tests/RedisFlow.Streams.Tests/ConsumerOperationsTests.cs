using Microsoft.Extensions.DependencyInjection;
using RedisFlow.Streams.Administration;
using RedisFlow.Testing;
using StackExchange.Redis;

namespace RedisFlow.Streams.Tests;

public sealed class ConsumerOperationsTests(RedisFixture redis) : IClassFixture<RedisFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_consumer_is_removed_only_when_it_holds_nothing()
    {
        await using var ops = await Operations.StartAsync(redis);
        await ops.FillAsync(3);
        await ops.ReadAsync(2, consumer: "gone");

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            ops.Admin.RemoveConsumerAsync("g", "gone", Stop)
        );
        Assert.Contains("'gone' of group 'g' has 2 pending entries", refused.Message, StringComparison.Ordinal);
        Assert.Equal(2, (await ops.GroupAsync()).Pending);

        await ops.AckAsync("g", "1-1", "1-2");
        Assert.True(await ops.Admin.RemoveConsumerAsync("g", "gone", Stop));
        Assert.False(await ops.Admin.RemoveConsumerAsync("g", "gone", Stop));
        Assert.Empty((await ops.GroupAsync()).Consumers);
    }

    [Fact]
    public async Task A_consumer_that_is_removed_again_and_again_while_it_reads_loses_nothing()
    {
        var stream = TestHost.NewStream();
        await using var host = await TestHost.StartConsumerAsync(redis.Server, stream);
        var admin = host.Services.GetRequiredService<IStreamAdministration>();
        await host.PublishAsync(601, 1);
        await host.DrainedAsync();
        using var done = new CancellationTokenSource();
        var removing = RemoveAsync();

        for (var round = 0; round < 30; round++)
        {
            await host.PublishAsync(1 + (round * 20), 20);
        }

        await host.DrainedAsync(limit: TimeSpan.FromMinutes(2));
        await done.CancelAsync();
        Assert.True(await removing > 0);
        Assert.Equal(Enumerable.Range(1, 601).Select(id => (long)id), host.Handled.Companies.Distinct().Order());

        async Task<int> RemoveAsync()
        {
            var removed = 0;
            while (!done.IsCancellationRequested)
            {
                try
                {
                    removed += await admin.RemoveConsumerAsync("g", "a", CancellationToken.None) ? 1 : 0;
                }
                catch (InvalidOperationException)
                {
                    // It holds something at this moment.
                }
            }

            return removed;
        }
    }

    [Fact]
    public async Task Consumers_without_a_sign_of_life_are_removed_from_all_groups_unless_they_hold_something()
    {
        await using var ops = await Operations.StartAsync(redis, ["g", "h"]);
        await ops.FillAsync(4);
        await ops.ReadAsync(2, consumer: "holds");
        await ops.ReadAsync(1, consumer: "idle");
        await ops.AckAsync("g", "1-3");
        await ops.ReadAsync(1, "h", "idle too");
        await ops.AckAsync("h", "1-1");
        var care = ops.Host.Services.GetRequiredKeyedService<ConsumerMaintenance>("");
        await Eventually.Until(
            ops.SnapshotAsync,
            s => s.Groups.SelectMany(g => g.Consumers).All(c => c.Idle > TimeSpan.FromMilliseconds(50)),
            cancellationToken: Stop
        );

        Assert.Equal(0, await care.RemoveIdleAsync(TimeSpan.FromDays(1), Stop));
        Assert.Equal(2, await care.RemoveIdleAsync(TimeSpan.FromMilliseconds(50), Stop));

        Assert.Equal(["holds"], (await ops.SnapshotAsync()).Groups.SelectMany(g => g.Consumers).Select(c => c.Name));
    }

    [Fact]
    public async Task Released_entries_are_handled_by_a_live_worker_long_before_their_lease_is_over()
    {
        await using var ops = await Operations.StartAsync(redis);
        await ops.Host.PublishAsync(1, 5);
        await ops.ReadAsync(5, consumer: "dead");
        Assert.Equal(5, (await ops.Admin.ClaimStaleAsync("g", TimeSpan.Zero, Stop)).Released);

        await using var live = await TestHost.StartConsumerAsync(
            redis.Server,
            ops.Keys.StreamName,
            "live",
            settings: new() { ["Streams:LeaseDuration"] = "12:00:00" }
        );

        await live.DrainedAsync();
        Assert.Equal(Enumerable.Range(1, 5).Select(id => (long)id), live.Handled.Companies.Order());
        Assert.All(
            live.Handled.All,
            delivery => Assert.Equal(("live", 2L), (delivery.Consumer, delivery.DeliveryCount))
        );
    }

    [Fact]
    public async Task Only_what_is_idle_for_long_enough_is_released_with_its_owner_and_its_attempts()
    {
        await using var ops = await Operations.StartAsync(redis);
        await ops.FillAsync(1200);
        await ops.ReadAsync(1200, consumer: "owner");
        await redis.Database.ExecuteAsync(
            "XCLAIM",
            (RedisKey)ops.Keys.Stream,
            "g",
            "owner",
            0,
            "1-1200",
            "IDLE",
            0,
            "RETRYCOUNT",
            4,
            "JUSTID"
        );
        await redis.Database.ExecuteAsync(
            "EVAL",
            "for i = 1, 1100 do redis.call('XCLAIM', KEYS[1], 'g', 'owner', 0, '1-' .. i, 'IDLE', 3600000, "
                + "'RETRYCOUNT', 3, 'JUSTID') end",
            1,
            (RedisKey)ops.Keys.Stream
        );

        Assert.Equal(1100, (await ops.Admin.ClaimStaleAsync("g", TimeSpan.FromMinutes(30), Stop)).Released);

        var pending = (RedisResult[])
            (await redis.Database.ExecuteAsync("XPENDING", (RedisKey)ops.Keys.Stream, "g", "-", "+", 1200))!;
        var parts = pending
            .Select(entry => (RedisResult[])entry!)
            .Select(p => ((string?)p[0], (string?)p[1], Idle: (long)p[2], Count: (long)p[3]))
            .ToArray();
        Assert.All(parts, p => Assert.Equal("owner", p.Item2));
        Assert.All(parts[..1100], p => Assert.True(p.Idle >= 86_400_000 && p.Count == 3));
        Assert.All(parts[1100..1199], p => Assert.True(p.Idle < 1_800_000 && p.Count == 1));
        Assert.Equal(4, parts[1199].Count);
    }

    [Fact]
    public async Task An_entry_whose_data_is_gone_is_not_released_but_left_to_be_reported_as_lost()
    {
        await using var ops = await Operations.StartAsync(redis);
        await ops.FillAsync(3);
        await ops.ReadAsync(3);
        await redis.Database.ExecuteAsync("XDEL", (RedisKey)ops.Keys.Stream, "1-2");

        Assert.Equal(2, (await ops.Admin.ClaimStaleAsync("g", TimeSpan.Zero, Stop)).Released);
        Assert.Equal(3, (await ops.GroupAsync()).Pending);
    }

    /// <remarks>https://github.com/redis/redis/issues/12423, https://github.com/redis/redis/issues/11567.</remarks>
    [Fact]
    [Trait("Suite", "Reported faults")]
    public async Task A_claim_is_no_sign_of_life_of_the_consumer_that_died()
    {
        await using var ops = await Operations.StartAsync(
            redis,
            settings: new() { ["Streams:LeaseDuration"] = "00:00:01" }
        );
        await ops.FillAsync(3);
        await ops.ReadAsync(2, consumer: "dead");
        var before = await SilentForAsync(ops, TimeSpan.FromSeconds(1));

        Assert.Equal(2, (await ops.Admin.ClaimStaleAsync("g", TimeSpan.Zero, Stop)).Released);
        Assert.Equal(2, (await ops.Admin.ClaimStaleAsync("g", TimeSpan.Zero, Stop)).Released);

        var after = Assert.Single((await ops.GroupAsync()).Consumers);
        Assert.True(after.Idle >= before.Idle, $"idle {after.Idle} after a claim, {before.Idle} before it");
        Assert.True(
            after.Inactive is null || after.Inactive >= before.Inactive,
            $"inactive {after.Inactive} after a claim, {before.Inactive} before it"
        );
        Assert.Equal(new RetiredGroup(ops.Keys.StreamName, "g", 2, 1), await ops.Admin.RetireGroupAsync("g", Stop));
        Assert.Empty(await redis.KeysAsync($"{ops.Keys.ConsumerPrefix}*"));
    }

    [Fact]
    public async Task Who_reads_again_after_a_claim_lives()
    {
        await using var ops = await Operations.StartAsync(redis);
        await ops.FillAsync(100);
        await ops.ReadAsync(1);
        var silent = TimeSpan.FromSeconds(1);
        await SilentForAsync(ops, silent);
        await ops.Admin.ClaimStaleAsync("g", TimeSpan.Zero, Stop);

        // A read in the millisecond of the claim cannot be told from it.
        await Eventually.Until(
            async () =>
            {
                await ops.ReadAsync(1);
                return (await ops.GroupAsync()).Consumers.Single();
            },
            consumer => consumer.Idle < silent,
            cancellationToken: Stop
        );
        await Assert.ThrowsAsync<InvalidOperationException>(() => ops.Admin.RetireGroupAsync("g", Stop));
    }

    [Fact]
    public async Task What_is_known_of_a_consumer_goes_with_it()
    {
        await using var ops = await Operations.StartAsync(redis);
        await ops.FillAsync(2);
        await ops.ReadAsync(1, consumer: "one");
        await ops.ReadAsync(1, consumer: "two");
        await ops.Admin.ClaimStaleAsync("g", TimeSpan.Zero, Stop);
        Assert.Equal(2, (await redis.KeysAsync($"{ops.Keys.ConsumerPrefix}*")).Length);
        await ops.AckAsync("g", "1-1", "1-2");
        var care = ops.Host.Services.GetRequiredKeyedService<ConsumerMaintenance>("");

        await ops.Admin.RemoveConsumerAsync("g", "one", Stop);
        await Eventually.Until(
            () => care.RemoveIdleAsync(TimeSpan.FromMilliseconds(1), Stop),
            removed => removed == 1,
            cancellationToken: Stop
        );

        Assert.Empty(await redis.KeysAsync($"{ops.Keys.ConsumerPrefix}*"));
    }

    [Fact]
    public async Task A_negative_idle_time_is_refused()
    {
        await using var ops = await Operations.StartAsync(redis);

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() =>
            ops.Admin.ClaimStaleAsync("g", TimeSpan.FromMilliseconds(-1), Stop)
        );
    }

    private static async Task<ConsumerSnapshot> SilentForAsync(Operations ops, TimeSpan silence) =>
        await Eventually.Until(
            async () => (await ops.GroupAsync()).Consumers.Single(),
            consumer => consumer.Idle > silence,
            cancellationToken: Stop
        );
}
