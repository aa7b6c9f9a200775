using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using RedisFlow.Streams.Features;
using RedisFlow.Testing;
using StackExchange.Redis;

namespace RedisFlow.Streams.Tests;

/// <summary>Who owns a message, for how long, and who takes it over.</summary>
public sealed class OwnershipTests(RedisFixture redis) : IClassFixture<RedisFixture>
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_handler_that_takes_several_leases_keeps_its_message_and_runs_once_beside_a_second_worker()
    {
        // A renewal's time comes after a third of the lease. A hold-up that lasts for the rest of it makes the second
        // worker right to take over.
        var lease = TimeSpan.FromSeconds(8);
        (int Runs, long DeliveryCount, TimeSpan HeldUp) seen;
        var attempts = 0;
        do
        {
            seen = await HandleForSeveralLeasesAsync(lease);
        } while (seen.HeldUp > lease / 2 && ++attempts < 5);

        Assert.Equal((1, 1), (seen.Runs, seen.DeliveryCount));
    }

    [Fact]
    public async Task The_handler_of_a_message_that_another_consumer_took_is_told_and_its_outcome_does_not_count()
    {
        var stream = TestHost.NewStream();
        var keys = new StreamKeys(stream);
        using var counted = new Counted(stream);
        var started = new TaskCompletionSource<MessagePosition>();
        await using var host = await TestHost.StartConsumerAsync(
            redis.Server,
            stream,
            behave: async (delivery, token) =>
            {
                if (
                    ((Domain.Messages.CompanyUpdated)delivery.Payload).Name == "first"
                    && started.TrySetResult(delivery.Position)
                )
                {
                    // It hears of it, and ends as if all were well.
                    await Task.Delay(Timeout.Infinite, token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                }
            },
            settings: new() { ["Streams:LeaseDuration"] = "00:00:12" }
        );
        await host.Publisher.PublishAsync(TestHost.Renamed(1, "first"), Cancellation);
        var position = await started.Task.WaitAsync(Limit, Cancellation);

        await redis.Database.ExecuteAsync("XCLAIM", (RedisKey)keys.Stream, "g", "thief", 0, position.ToString());
        await host.Publisher.PublishAsync(TestHost.Renamed(1, "second"), Cancellation);

        // Behind it in its lane: once this one is handled and acknowledged, the first one's outcome is known.
        await Eventually.Until(() => host.Handled.All.Count >= 2, Limit, Cancellation);
        var pending = await Eventually.Until(
            async () =>
                (RedisResult[])
                    (await redis.Database.ExecuteAsync("XPENDING", (RedisKey)keys.Stream, "g", "-", "+", 10))!,
            entries => entries.Length == 1,
            Limit,
            Cancellation
        );
        var entry = (RedisResult[])pending[0]!;
        Assert.Equal((position.ToString(), "thief"), ((string)entry[0]!, (string)entry[1]!));
        Assert.Equal(1, counted["redisflow.stream.leases_lost"]);
        await redis.Database.ExecuteAsync("XACK", (RedisKey)keys.Stream, "g", position.ToString());
    }

    [Fact]
    public async Task What_a_dead_consumer_left_is_taken_over_by_the_read_itself_where_the_server_can()
    {
        await using var server = await RedisServer.StartAsync(Cancellation);
        var stream = TestHost.NewStream();

        // Not shorter: a worker that a busy machine holds up for a third of it renews its leases, by XCLAIM too, which
        // is counted below.
        await using var host = await TestHost.StartConsumerAsync(
            server,
            stream,
            settings: new() { ["Streams:LeaseDuration"] = "00:00:05" }
        );
        var claims = (await host.Services.GetRequiredService<FeatureProbe>().ProbeAsync(Cancellation)).HasClaim;
        Assert.Equal(RedisTiers.Current == RedisTier.Latest, claims);
        var position = await host.Publisher.PublishAsync(TestHost.Renamed(1), Cancellation);
        await host.DrainedAsync(limit: Limit);
        var entry = (RedisResult[])
            (
                (RedisResult[])
                    (
                        await host.Database.ExecuteAsync(
                            "XRANGE",
                            (RedisKey)new StreamKeys(stream).Stream,
                            position.ToString(),
                            "+"
                        )
                    )!
            )[0]!;
        var takes = await CallsAsync(host, "xclaim");

        // One script, so that the worker's blocked read sees nothing of it.
        await host.Database.ExecuteAsync(
            "EVAL",
            "redis.call('XADD', KEYS[1], '*', 'data', ARGV[1]) redis.call('XREADGROUP', 'GROUP', 'g', 'dead', "
                + "'STREAMS', KEYS[1], '>')",
            1,
            (RedisKey)new StreamKeys(stream).Stream,
            (byte[])((RedisResult[])entry[1]!)[1]!
        );
        await Eventually.Until(() => host.Handled.All.Count == 2, Limit, Cancellation);

        Assert.Equal(2, host.Handled.All[1].DeliveryCount);
        Assert.Equal(claims ? 0 : 1, await CallsAsync(host, "xclaim") - takes);
        Assert.True(await CallsAsync(host, "xautoclaim") > 0);
    }

    [Fact]
    public async Task However_long_the_backlog_a_consumer_has_only_as_many_entries_as_it_has_slots()
    {
        var stream = TestHost.NewStream();
        var release = new TaskCompletionSource();
        await using var host = await TestHost.StartConsumerAsync(
            redis.Server,
            stream,
            behave: (_, token) => release.Task.WaitAsync(token),
            settings: new() { ["Streams:MaxConcurrency"] = "4", ["Streams:Prefetch"] = "8" }
        );
        await host.PublishAsync(1, 100);
        Task<GroupSnapshot> StateAsync() =>
            Eventually.Until(
                async () => (await host.Monitor.GetSnapshotAsync(Cancellation)).Groups.Single(),
                group => group.Pending == 8,
                Limit,
                Cancellation
            );
        await StateAsync();
        await host.PublishAsync(101, 100);
        Assert.Equal(192, (await StateAsync()).Lag);

        release.SetResult();
        await host.DrainedAsync(limit: Limit);
        Assert.Equal(200, host.Handled.All.Count);
    }

    private static async Task<long> CallsAsync(TestHost host, string command)
    {
        var info = (string?)await host.Database.ExecuteAsync("INFO", "commandstats");
        var line = info!
            .Split('\n')
            .SingleOrDefault(l => l.StartsWith($"cmdstat_{command}:calls=", StringComparison.Ordinal));
        return line is null ? 0 : long.Parse(line.Split('=', ',')[1], CultureInfo.InvariantCulture);
    }

    private async Task<(int Runs, long DeliveryCount, TimeSpan HeldUp)> HandleForSeveralLeasesAsync(TimeSpan lease)
    {
        var stream = TestHost.NewStream();
        var runs = 0;
        async Task BehaveAsync(StreamDelivery delivery, CancellationToken token)
        {
            Interlocked.Increment(ref runs);
            await Task.Delay(2.5 * lease, token);
        }

        Dictionary<string, string?> settings = new() { ["Streams:LeaseDuration"] = lease.ToString() };
        await using var first = await TestHost.StartConsumerAsync(redis.Server, stream, "first", BehaveAsync, settings);
        await using var second = await TestHost.StartConsumerAsync(
            redis.Server,
            stream,
            "second",
            BehaveAsync,
            settings
        );
        await using var holdUps = new HoldUps(redis.Database);
        await first.PublishAsync(1, 1);
        await first.DrainedAsync(limit: Limit);
        return (
            runs,
            first.Handled.All.Concat(second.Handled.All).Max(delivery => delivery.DeliveryCount),
            holdUps.Longest
        );
    }
}
