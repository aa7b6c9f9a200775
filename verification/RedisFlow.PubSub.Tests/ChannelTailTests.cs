using Microsoft.Extensions.DependencyInjection;
using RedisFlow.Domain.Messages;
using RedisFlow.PubSub.Tailing;
using RedisFlow.Streams;
using RedisFlow.Testing;
using StackExchange.Redis;

namespace RedisFlow.PubSub.Tests;

/// <summary>The tail that listens to the channel.</summary>
public sealed class ChannelTailTests(RedisFixture redis)
{
    private static readonly TimeSpan RecoveryLimit = TimeSpan.FromMinutes(2);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_tail_begins_at_the_streams_end_and_hears_all_that_follows_with_its_position_in_the_stream()
    {
        var stream = PubSubHost.NewStream();
        await using var publisher = await PubSubHost.StartAsync(redis.Server, stream);
        var before = await publisher.PublishAsync(1, 20);
        var observer = new TailRecorder();
        await using var host = await StartAsync(stream, observer);
        Assert.Equal((before.Max(), TailStartReason.FirstStart), Assert.Single(observer.Starts));

        var after = await publisher.PublishAsync(21, 1200);
        var committed = await publisher.CommitAsync(redis.Database, stream, PubSubHost.Renamed(1221));
        await host.AppliedAsync(committed);
        await Eventually.Until(() => observer.Messages.Count == 1201, cancellationToken: Stop);

        Assert.Equal([.. after.Order(), committed], observer.Messages.Select(message => message.Position).Order());
        Assert.Equal(
            Enumerable.Range(21, 1201).Select(id => (long)id),
            observer.Messages.Select(message => ((CompanyUpdated)message.Payload).CompanyId).Order()
        );
        Assert.Equal(committed, host.Tail.AppliedPosition);

        // No group vouches for what was not heard: what was applied counts as settled.
        await observer.HeartbeatsAsync(2);
        Assert.Equal(committed, observer.Heartbeats.Last());
        Assert.Single(observer.Starts);
        Assert.InRange(host.Tail.SinceLastHeard, TimeSpan.Zero, TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task What_is_published_as_soon_as_the_host_has_started_is_heard()
    {
        var stream = PubSubHost.NewStream();
        await using var publisher = await PubSubHost.StartAsync(redis.Server, stream);
        for (var round = 1; round <= 20; round++)
        {
            var observer = new TailRecorder();
            await using var host = await StartAsync(stream, observer);

            var position = await publisher.Publisher.PublishAsync(PubSubHost.Renamed(round), Stop);

            await host.AppliedAsync(position);
            Assert.Equal([position], observer.Messages.Select(message => message.Position));
        }
    }

    /// <summary>The publisher does not learn that it added nothing.</summary>
    [Fact]
    public async Task A_message_that_is_announced_again_does_not_set_the_tail_back()
    {
        var stream = PubSubHost.NewStream();
        var observer = new TailRecorder();
        await using var host = await StartAsync(stream, observer);
        var first = await host.Publisher.PublishAsync(PubSubHost.RenamedOnce(1), Stop);
        var last = await host.Publisher.PublishAsync(PubSubHost.Renamed(2), Stop);
        await host.AppliedAsync(last);

        await host.Publisher.PublishAsync(PubSubHost.RenamedOnce(1), Stop);
        await Eventually.Until(() => observer.Messages.Count == 3, cancellationToken: Stop);

        Assert.Equal([first, last, first], observer.Messages.Select(message => message.Position));
        await observer.HeartbeatsAsync(2);
        Assert.Equal(last, host.Tail.AppliedPosition);
        Assert.Equal(last, observer.Heartbeats.Last());
    }

    [Fact]
    public async Task A_tail_that_begins_while_others_publish_hears_everything_after_its_position_only()
    {
        var stream = PubSubHost.NewStream();
        await using var publisher = await PubSubHost.StartAsync(redis.Server, stream);
        using var end = new CancellationTokenSource();
        var publishing = Task.Run(
            async () =>
            {
                while (!end.IsCancellationRequested)
                {
                    await publisher.Publisher.PublishAsync(PubSubHost.Renamed(1), CancellationToken.None);
                }
            },
            Stop
        );
        for (var round = 0; round < 10; round++)
        {
            var observer = new TailRecorder();
            await using var host = await StartAsync(stream, observer);
            await Eventually.Until(() => observer.Messages.Count >= 50, cancellationToken: Stop);

            var heard = observer.Messages.Select(message => message.Position).Order().ToArray();
            var range = (RedisResult[])
                (
                    await redis.Database.ExecuteAsync(
                        "XRANGE",
                        (RedisKey)new StreamKeys(stream).Stream,
                        $"({observer.Starts.Single().Position}",
                        heard[^1].ToString()
                    )
                )!;
            Assert.Equal(range.Select(entry => MessagePosition.Parse((string)((RedisResult[])entry!)[0]!)), heard);
        }

        await end.CancelAsync();
        await publishing;
    }

    [Fact]
    public async Task An_undecodable_entry_is_reported_and_one_for_another_application_is_not()
    {
        var stream = PubSubHost.NewStream();
        var observer = new TailRecorder();
        await using var host = await StartAsync(stream, observer);
        var keys = new StreamKeys(stream);
        var bad = MessagePosition.Parse(
            (string)
                (
                    await redis.Database.ExecuteAsync(
                        "EVAL",
                        "local id = redis.call('XADD', KEYS[1], '*', 'data', ARGV[2]) redis.call('PUBLISH', ARGV[1], "
                            + "id .. '|' .. ARGV[2]) return id",
                        1,
                        (RedisKey)keys.Stream,
                        Announcement.Channel(keys),
                        new byte[] { 0xff, (byte)'|' }
                    )
                )!
        );
        await host.Publisher.PublishAsync(PubSubHost.Renamed(1) with { TargetApplication = "other" }, Stop);
        var last = await host.Publisher.PublishAsync(PubSubHost.Renamed(2) with { TargetApplication = "g" }, Stop);
        await host.AppliedAsync(last);

        Assert.Equal(bad, Assert.Single(observer.Undecodable));
        Assert.Equal([last], observer.Messages.Select(message => message.Position));
    }

    [Fact]
    public async Task A_connection_that_breaks_is_a_gap_and_the_tail_begins_again_at_the_streams_end()
    {
        var stream = PubSubHost.NewStream();
        var observer = new TailRecorder();
        await using var host = await StartAsync(stream, observer);
        var before = (await host.PublishAsync(1, 5)).Max();
        await Eventually.Until(() => observer.Messages.Count == 5, cancellationToken: Stop);

        await KillSubscribersAsync();
        var last = await host.Publisher.PublishAsync(PubSubHost.Renamed(6), Stop);
        await Eventually.Until(() => observer.Starts.Count == 2, RecoveryLimit, Stop);

        // Heard or lost: a caller that waits for it goes on, since the tail begins after it, and the cache is flushed.
        await host.AppliedAsync(last);
        Assert.Equal(TailStartReason.Gap, observer.Starts.Last().Reason);
        Assert.True(
            observer.Starts.Last().Position >= before,
            $"It began at {observer.Starts.Last().Position}, before {before}."
        );
        var next = await host.Publisher.PublishAsync(PubSubHost.Renamed(7), Stop);
        await observer.HeardAsync(next);
        await observer.HeartbeatsAsync(2);
        Assert.Equal(2, observer.Starts.Count);
    }

    [Fact]
    public async Task Something_foreign_on_the_channel_is_a_gap()
    {
        var stream = PubSubHost.NewStream();
        var observer = new TailRecorder();
        await using var host = await StartAsync(stream, observer);

        await redis.Database.ExecuteAsync(
            "PUBLISH",
            Announcement.Channel(new StreamKeys(stream)),
            "not an announcement"
        );

        await Eventually.Until(() => observer.Starts.Count == 2, RecoveryLimit, Stop);
        Assert.Equal(TailStartReason.Gap, observer.Starts.Last().Reason);
        var next = await host.Publisher.PublishAsync(PubSubHost.Renamed(1), Stop);
        await observer.HeardAsync(next);
    }

    [Fact]
    public async Task An_observer_that_throws_gets_a_new_start_rather_than_a_hole()
    {
        var observer = new TailRecorder { Fails = true };
        await using var host = await StartAsync(PubSubHost.NewStream(), observer);
        await host.PublishAsync(1, 1);

        await Eventually.Until(() => observer.Starts.Count == 2, RecoveryLimit, Stop);
        Assert.Equal(TailStartReason.Gap, observer.Starts.Last().Reason);
    }

    [Fact]
    public async Task An_application_starts_while_Redis_is_down_and_hears_once_it_is_there()
    {
        await using var server = await RedisServer.StartAsync(Stop);
        await server.StopAsync();
        var observer = new TailRecorder();
        await using var host = await StartAsync(PubSubHost.NewStream(), observer, server);
        Assert.Empty(observer.Starts);

        await server.RestartAsync(Stop);
        await Eventually.Until(() => observer.Starts.Count == 1, RecoveryLimit, Stop);
        var position = await Eventually.Until(
            () => host.Publisher.PublishAsync(PubSubHost.Renamed(1)),
            _ => true,
            RecoveryLimit,
            Stop
        );
        await observer.HeardAsync(position);
    }

    [Fact]
    public async Task A_prefix_for_channels_in_the_connection_string_changes_nothing()
    {
        var observer = new TailRecorder();
        await using var host = await StartAsync(
            PubSubHost.NewStream(),
            observer,
            settings: new() { ["ConnectionStrings:redis"] = redis.Server.ConnectionString + ",channelPrefix=app:" }
        );

        var position = await host.Publisher.PublishAsync(PubSubHost.Renamed(1), Stop);

        await host.AppliedAsync(position);
        Assert.Equal(position, Assert.Single(observer.Messages).Position);
    }

    [Fact]
    public async Task The_subscription_ends_with_the_application()
    {
        var stream = PubSubHost.NewStream();
        var host = await StartAsync(stream, new TailRecorder());
        Assert.Equal(1, await SubscribersAsync(stream));

        await host.DisposeAsync();

        await Eventually.Until(async () => await SubscribersAsync(stream) == 0, cancellationToken: Stop);
    }

    [Fact]
    public async Task An_additional_stream_has_a_channel_of_its_own()
    {
        var observer = new TailRecorder();
        var orders = PubSubHost.NewStream();
        await using var host = await PubSubHost.StartAsync(
            redis.Server,
            PubSubHost.NewStream(),
            streams => streams.AddStreamTail().AddStream("orders").AddStreamTail().UsePubSub(),
            settings: new()
            {
                ["Streams:Additional:orders:Name"] = orders,
                ["Streams:Additional:orders:Groups:0"] = "h",
            },
            services: services => services.AddKeyedSingleton<IStreamTailObserver>("orders", observer)
        );

        await host.PublishAsync(1, 1);
        var position = await host
            .Services.GetRequiredKeyedService<IStreamPublisher>("orders")
            .PublishAsync(PubSubHost.Renamed(2), Stop);

        await host
            .Services.GetRequiredKeyedService<IStreamTail>("orders")
            .WaitUntilAppliedAsync(position, Stop)
            .WaitAsync(Eventually.DefaultLimit, Stop);
        Assert.Equal(position, Assert.Single(observer.Messages).Position);
        Assert.Equal(1, await SubscribersAsync(orders));
    }

    private async Task<long> SubscribersAsync(string stream)
    {
        var replies = await redis.OnEveryNodeAsync("PUBSUB", "NUMSUB", Announcement.Channel(new StreamKeys(stream)));
        return replies.Sum(reply => (long)reply[1]);
    }

    private Task<RedisResult[]> KillSubscribersAsync() =>
        redis.OnEveryNodeAsync("CLIENT", "KILL", "TYPE", "pubsub", "SKIPME", "yes");

    private Task<PubSubHost> StartAsync(
        string stream,
        TailRecorder observer,
        RedisDeployment? server = null,
        Dictionary<string, string?>? settings = null
    ) =>
        PubSubHost.StartAsync(
            server ?? redis.Server,
            stream,
            streams => streams.AddStreamTail("g"),
            settings: settings,
            services: services => services.AddSingleton<IStreamTailObserver>(observer)
        );
}
