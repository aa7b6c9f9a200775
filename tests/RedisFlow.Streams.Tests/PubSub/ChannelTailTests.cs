using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using RedisFlow.Domain.Messages;
using RedisFlow.Testing;
using StackExchange.Redis;

namespace RedisFlow.Streams.Tests.PubSub;

/// <summary>The tail that listens to the channel.</summary>
public sealed class ChannelTailTests(RedisFixture redis) : IClassFixture<RedisFixture>
{
    private static readonly TimeSpan RecoveryLimit = TimeSpan.FromMinutes(2);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_tail_begins_at_the_streams_end_and_hears_all_that_follows_with_its_position_in_the_stream()
    {
        var stream = TestHost.NewStream();
        await using var publisher = await TestHost.StartPublisherAsync(redis.Server, stream, AnnouncementTests.PubSub);
        var before = await publisher.PublishAsync(1, 20);
        var observer = new TailTests.Observer();
        await using var host = await StartAsync(stream, observer);
        Assert.Equal((before.Max(), TailStartReason.FirstStart), Assert.Single(observer.Starts));

        var after = await publisher.PublishAsync(21, 1200);
        var committed = await AnnouncementTests.CommitAsync(publisher, redis.Database, TestHost.Renamed(1221));
        await host.Tail.WaitUntilAppliedAsync(committed, Stop);
        await Eventually.Until(() => observer.Messages.Count == 1201, cancellationToken: Stop);

        Assert.Equal([.. after.Order(), committed], observer.Messages.Select(message => message.Position).Order());
        Assert.Equal(
            Enumerable.Range(21, 1201).Select(id => (long)id),
            observer.Messages.Select(message => ((CompanyUpdated)message.Payload).CompanyId).Order()
        );
        Assert.Equal(committed, host.Tail.AppliedPosition);

        // No group vouches for what was not heard: what was applied counts as settled.
        await TailTests.HeartbeatsAsync(observer, observer.Heartbeats.Count + 2);
        Assert.Equal(committed, observer.Heartbeats.Last());
        Assert.Single(observer.Starts);
        Assert.InRange(host.Tail.SinceLastHeard, TimeSpan.Zero, TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task What_is_published_as_soon_as_the_host_has_started_is_heard()
    {
        var stream = TestHost.NewStream();
        await using var publisher = await TestHost.StartPublisherAsync(redis.Server, stream, AnnouncementTests.PubSub);
        for (var round = 1; round <= 20; round++)
        {
            var observer = new TailTests.Observer();
            await using var host = await StartAsync(stream, observer);

            var position = await publisher.Publisher.PublishAsync(TestHost.Renamed(round), Stop);

            await host.Tail.WaitUntilAppliedAsync(position, Stop).WaitAsync(Eventually.DefaultLimit, Stop);
            Assert.Equal([position], observer.Messages.Select(message => message.Position));
        }
    }

    [Fact]
    public async Task A_tail_that_begins_while_others_publish_hears_everything_after_its_position_only()
    {
        var stream = TestHost.NewStream();
        await using var publisher = await TestHost.StartPublisherAsync(redis.Server, stream, AnnouncementTests.PubSub);
        using var end = new CancellationTokenSource();
        var publishing = Task.Run(
            async () =>
            {
                while (!end.IsCancellationRequested)
                {
                    await publisher.Publisher.PublishAsync(TestHost.Renamed(1), CancellationToken.None);
                }
            },
            Stop
        );
        for (var round = 0; round < 10; round++)
        {
            var observer = new TailTests.Observer();
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
        var stream = TestHost.NewStream();
        var observer = new TailTests.Observer();
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
                        keys.Channel,
                        new byte[] { 0xff, (byte)'|' }
                    )
                )!
        );
        await host.Publisher.PublishAsync(TestHost.Renamed(1) with { TargetApplication = "other" }, Stop);
        var last = await host.Publisher.PublishAsync(TestHost.Renamed(2) with { TargetApplication = "g" }, Stop);
        await host.Tail.WaitUntilAppliedAsync(last, Stop);

        Assert.Equal(bad, Assert.Single(observer.Undecodable));
        Assert.Equal([last], observer.Messages.Select(message => message.Position));
    }

    [Fact]
    public async Task A_connection_that_breaks_is_a_gap_and_the_tail_begins_anew_at_the_streams_end()
    {
        var stream = TestHost.NewStream();
        var observer = new TailTests.Observer();
        await using var host = await StartAsync(stream, observer);
        var before = (await host.PublishAsync(1, 5)).Max();
        await Eventually.Until(() => observer.Messages.Count == 5, cancellationToken: Stop);

        await KillSubscribersAsync();
        var last = await host.Publisher.PublishAsync(TestHost.Renamed(6), Stop);
        await Eventually.Until(() => observer.Starts.Count == 2, RecoveryLimit, Stop);

        // Heard or lost: a caller that waits for it goes on, since the tail begins after it, and the cache is flushed.
        await host.Tail.WaitUntilAppliedAsync(last, Stop).WaitAsync(Eventually.DefaultLimit, Stop);
        Assert.Equal(TailStartReason.Gap, observer.Starts.Last().Reason);
        Assert.True(
            observer.Starts.Last().Position >= before,
            $"It began at {observer.Starts.Last().Position}, before {before}."
        );
        var next = await host.Publisher.PublishAsync(TestHost.Renamed(7), Stop);
        await Eventually.Until(
            () => observer.Messages.Any(message => message.Position == next),
            cancellationToken: Stop
        );
        await TailTests.HeartbeatsAsync(observer, observer.Heartbeats.Count + 2);
        Assert.Equal(2, observer.Starts.Count);
    }

    [Fact]
    public async Task Something_foreign_on_the_channel_is_a_gap()
    {
        var stream = TestHost.NewStream();
        var observer = new TailTests.Observer();
        await using var host = await StartAsync(stream, observer);

        await redis.Database.ExecuteAsync("PUBLISH", new StreamKeys(stream).Channel, "not an announcement");

        await Eventually.Until(() => observer.Starts.Count == 2, RecoveryLimit, Stop);
        Assert.Equal(TailStartReason.Gap, observer.Starts.Last().Reason);
        var next = await host.Publisher.PublishAsync(TestHost.Renamed(1), Stop);
        await Eventually.Until(
            () => observer.Messages.Any(message => message.Position == next),
            cancellationToken: Stop
        );
    }

    [Fact]
    public async Task An_observer_that_throws_gets_a_new_start_rather_than_a_hole()
    {
        var observer = new TailTests.Observer { Fails = true };
        await using var host = await StartAsync(TestHost.NewStream(), observer);
        await host.PublishAsync(1, 1);

        await Eventually.Until(() => observer.Starts.Count == 2, RecoveryLimit, Stop);
        Assert.Equal(TailStartReason.Gap, observer.Starts.Last().Reason);
    }

    [Fact]
    public async Task An_application_starts_while_Redis_is_down_and_hears_once_it_is_there()
    {
        await using var server = await RedisServer.StartAsync(Stop);
        await server.StopAsync();
        var observer = new TailTests.Observer();
        await using var host = await StartAsync(TestHost.NewStream(), observer, server);
        Assert.Empty(observer.Starts);

        await server.RestartAsync(Stop);
        await Eventually.Until(() => observer.Starts.Count == 1, RecoveryLimit, Stop);
        var position = await Eventually.Until(
            () => host.Publisher.PublishAsync(TestHost.Renamed(1)),
            _ => true,
            RecoveryLimit,
            Stop
        );
        await Eventually.Until(
            () => observer.Messages.Any(message => message.Position == position),
            cancellationToken: Stop
        );
    }

    [Fact]
    public async Task A_prefix_for_channels_in_the_connection_string_changes_nothing()
    {
        var observer = new TailTests.Observer();
        await using var host = await StartAsync(
            TestHost.NewStream(),
            observer,
            settings: new() { ["ConnectionStrings:redis"] = redis.Server.ConnectionString + ",channelPrefix=app:" }
        );

        var position = await host.Publisher.PublishAsync(TestHost.Renamed(1), Stop);

        await host.Tail.WaitUntilAppliedAsync(position, Stop).WaitAsync(Eventually.DefaultLimit, Stop);
        Assert.Equal(position, Assert.Single(observer.Messages).Position);
    }

    [Fact]
    public async Task The_subscription_ends_with_the_application()
    {
        var stream = TestHost.NewStream();
        var host = await StartAsync(stream, new TailTests.Observer());
        Assert.Equal(1, await SubscribersAsync(stream));

        await host.DisposeAsync();

        await Eventually.Until(async () => await SubscribersAsync(stream) == 0, cancellationToken: Stop);
    }

    [Fact]
    public async Task An_additional_stream_has_a_channel_of_its_own()
    {
        var observer = new TailTests.Observer();
        var orders = TestHost.NewStream();
        await using var host = await TestHost.StartAsync(
            TestHost.Build(
                redis.Server,
                TestHost.NewStream(),
                streams: streams => streams.AddStreamTail().AddStream("orders").AddStreamTail(),
                settings: new(AnnouncementTests.PubSub)
                {
                    ["Streams:Additional:orders:Name"] = orders,
                    ["Streams:Additional:orders:Groups:0"] = "h",
                },
                services: services => services.AddKeyedSingleton<IStreamTailObserver>("orders", observer)
            )
        );

        await host.PublishAsync(1, 1);
        var position = await host
            .Services.GetRequiredKeyedService<IStreamPublisher>("orders")
            .PublishAsync(TestHost.Renamed(2), Stop);

        await host
            .Services.GetRequiredKeyedService<IStreamTail>("orders")
            .WaitUntilAppliedAsync(position, Stop)
            .WaitAsync(Eventually.DefaultLimit, Stop);
        Assert.Equal(position, Assert.Single(observer.Messages).Position);
        Assert.Equal(1, await SubscribersAsync(orders));
    }

    [Theory]
    [InlineData("false", 1)]
    [InlineData("true", 0)]
    public async Task The_log_says_once_that_invalidation_is_not_guaranteed(string useStreams, int times)
    {
        using var log = new FakeLoggerProvider();
        var stream = TestHost.NewStream();
        await using var host = await TestHost.StartAsync(
            TestHost.Build(
                redis.Server,
                stream,
                settings: new() { ["Streams:UseStreamsForInvalidation"] = useStreams },
                services: services => services.AddLogging(logging => logging.AddProvider(log))
            )
        );

        // What is logged after it.
        await Eventually.Until(() => log.Collector.Count("The streams are on") == 1, cancellationToken: Stop);

        Assert.Equal(times, log.Collector.Count($"Stream {stream}: Streams:UseStreamsForInvalidation is false"));
        Assert.Equal(times == 1, log.Collector.Contains(LogLevel.Warning, "invalidation is not guaranteed"));
    }

    [Fact]
    public async Task A_value_that_is_neither_true_nor_false_stops_the_start_with_the_settings_name()
    {
        await using var host = TestHost.Build(
            redis.Server,
            TestHost.NewStream(),
            settings: new() { ["Streams:UseStreamsForInvalidation"] = "perhaps" }
        );

        var refused = await Assert.ThrowsAnyAsync<Exception>(() => TestHost.StartAsync(host));

        Assert.Contains("Streams:UseStreamsForInvalidation", refused.Message, StringComparison.Ordinal);
    }

    private async Task<long> SubscribersAsync(string stream)
    {
        var replies = await redis.OnEveryNodeAsync("PUBSUB", "NUMSUB", new StreamKeys(stream).Channel);
        return replies.Sum(reply => (long)reply[1]);
    }

    private Task<RedisResult[]> KillSubscribersAsync() =>
        redis.OnEveryNodeAsync("CLIENT", "KILL", "TYPE", "pubsub", "SKIPME", "yes");

    private Task<TestHost> StartAsync(
        string stream,
        TailTests.Observer observer,
        RedisDeployment? server = null,
        Dictionary<string, string?>? settings = null
    ) =>
        TestHost.StartAsync(
            TestHost.Build(
                server ?? redis.Server,
                stream,
                streams: streams => streams.AddStreamTail("g"),
                settings: new(AnnouncementTests.PubSub.Concat(settings ?? [])),
                services: services => services.AddSingleton<IStreamTailObserver>(observer)
            )
        );
}
