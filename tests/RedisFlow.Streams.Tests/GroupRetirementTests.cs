using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using RedisFlow.Testing;

namespace RedisFlow.Streams.Tests;

/// <summary>The group of a service that was given up.</summary>
public sealed class GroupRetirementTests(RedisFixture redis) : IClassFixture<RedisFixture>
{
    private static readonly Dictionary<string, string?> ShortLease = new() { ["Streams:LeaseDuration"] = "00:00:01" };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_group_that_nobody_consumes_is_gone_and_no_longer_keeps_the_stream()
    {
        using var log = new FakeLoggerProvider();
        await using var ops = await Operations.StartAsync(
            redis,
            ["g", "h"],
            ShortLease,
            services => services.AddLogging(logging => logging.AddProvider(log))
        );
        await ops.FillAsync(10);
        await ops.ReadAsync(3);
        await ops.SettleAsync(10, "h");
        await ops.Admin.PauseAsync("g", "given up", Stop);

        var retired = await RetireWhenIdleAsync(ops, "g");

        Assert.Equal(new RetiredGroup(ops.Keys.StreamName, "g", 3, 7), retired);
        Assert.Equal("h", Assert.Single((await ops.SnapshotAsync()).Groups).Name);
        Assert.False(await redis.Database.HashExistsAsync(ops.Keys.Paused, "g"));
        Assert.Equal(new TrimResult(ops.Keys.StreamName, 10, null), await ops.Admin.TrimAsync(Stop));
        Assert.True(log.Collector.Contains(LogLevel.Warning, "is retired, with 3 pending and 7 undelivered"));
    }

    [Fact]
    public async Task A_group_that_is_consumed_stays_with_everything_that_it_has()
    {
        var stream = TestHost.NewStream();
        await using var host = await TestHost.StartConsumerAsync(redis.Server, stream, "living");
        await host.PublishAsync(1, 1);
        await host.DrainedAsync();
        var admin = host.Services.GetRequiredService<IStreamAdministration>();

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => admin.RetireGroupAsync("g", Stop));

        Assert.Contains(
            "Group 'g' is consumed: 'living' gave a sign of life",
            refused.Message,
            StringComparison.Ordinal
        );
        Assert.Contains("wait for a lease (30 s)", refused.Message, StringComparison.Ordinal);
        var group = Assert.Single((await host.Monitor.GetSnapshotAsync(Stop)).Groups);
        Assert.Equal((true, true, 0L), (group.Exists, group.IsDeclared, group.Lag));
    }

    [Fact]
    public async Task A_worker_that_was_never_given_a_message_keeps_its_group()
    {
        await using var host = await TestHost.StartConsumerAsync(redis.Server, TestHost.NewStream(), "waiting");
        await Eventually.Until(
            () => host.Monitor.GetSnapshotAsync(Stop),
            s => s.Groups is [{ Consumers: [{ Name: "waiting" }] }],
            cancellationToken: Stop
        );

        await Assert.ThrowsAsync<InvalidOperationException>(() =>
            host.Services.GetRequiredService<IStreamAdministration>().RetireGroupAsync("g", Stop)
        );
    }

    [Fact]
    public async Task A_worker_that_waits_for_messages_keeps_its_group_and_misses_nothing()
    {
        var stream = TestHost.NewStream();
        await using var host = await TestHost.StartConsumerAsync(
            redis.Server,
            stream,
            settings: new() { ["Streams:LeaseDuration"] = "00:00:08" }
        );
        var admin = host.Services.GetRequiredService<IStreamAdministration>();
        await host.PublishAsync(1, 1);
        await host.DrainedAsync();

        // For more than a lease it has nothing to do.
        var began = await redis.NowAsync();
        await Eventually.Until(redis.NowAsync, now => now - began > 9_000, TimeSpan.FromMinutes(1), Stop);

        await Assert.ThrowsAsync<InvalidOperationException>(() => admin.RetireGroupAsync("g", Stop));

        await host.PublishAsync(2, 10);
        await Eventually.Until(
            () => host.Handled.All.Select(handled => handled.Position).Distinct().Count() >= 11,
            cancellationToken: Stop
        );
    }

    [Fact]
    public async Task A_declared_group_that_was_destroyed_can_be_retired()
    {
        await using var ops = await Operations.StartAsync(redis, ["g", "h"]);
        await redis.Database.ExecuteAsync("XGROUP", "DESTROY", (StackExchange.Redis.RedisKey)ops.Keys.Stream, "g");

        Assert.Equal(new RetiredGroup(ops.Keys.StreamName, "g", 0, 0), await ops.Admin.RetireGroupAsync("g", Stop));

        Assert.Equal("h", Assert.Single((await ops.SnapshotAsync()).Groups).Name);
    }

    [Fact]
    public async Task Who_still_declares_it_creates_it_anew_with_everything_that_is_there()
    {
        await using var ops = await Operations.StartAsync(redis);
        await ops.FillAsync(5);
        await ops.Admin.RetireGroupAsync("g", Stop);

        await using var other = await TestHost.StartPublisherAsync(
            redis.Server,
            ops.Keys.StreamName,
            new() { ["Streams:Groups:0"] = "g" }
        );

        var group = await Eventually.Until(
            async () => (await ops.SnapshotAsync()).Groups.SingleOrDefault(),
            found => found is { Exists: true, IsDeclared: true },
            cancellationToken: Stop
        );
        Assert.Equal(5, group!.Lag);
    }

    private static Task<RetiredGroup> RetireWhenIdleAsync(Operations ops, string group) =>
        Eventually.Until(() => ops.Admin.RetireGroupAsync(group, Stop), _ => true, cancellationToken: Stop);
}
