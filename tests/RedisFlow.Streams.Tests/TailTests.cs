using System.Collections.Concurrent;
using Google.Protobuf;
using Microsoft.Extensions.DependencyInjection;
using RedisFlow.Testing;
using StackExchange.Redis;

namespace RedisFlow.Streams.Tests;

public sealed class TailTests(RedisFixture redis) : IClassFixture<RedisFixture>
{
    [Fact]
    public async Task The_tail_begins_at_the_end_before_the_host_is_started_and_sees_all_that_follows_in_order()
    {
        var stream = TestHost.NewStream();
        await using var publisher = await TestHost.StartPublisherAsync(redis.Server, stream);
        var before = await publisher.PublishAsync(1, 20);
        var observer = new Observer();
        await using var host = await StartAsync(stream, observer);
        Assert.Equal((before.Max(), TailStartReason.FirstStart), Assert.Single(observer.Starts));

        var after = await publisher.PublishAsync(21, 1200);
        await host.Tail.WaitUntilAppliedAsync(after.Max(), TestContext.Current.CancellationToken);

        Assert.Equal(after.Order(), observer.Messages.Select(m => m.Position));
        Assert.Equal(after.Max(), host.Tail.AppliedPosition);
        await HeartbeatsAsync(observer, 3);
        Assert.Single(observer.Starts);
        Assert.InRange(host.Tail.SinceLastHeard, TimeSpan.Zero, TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task Waiting_ends_as_soon_as_the_position_is_applied_or_by_cancellation()
    {
        var stream = TestHost.NewStream();
        await using var host = await StartAsync(stream, new Observer());
        using var cancel = new CancellationTokenSource();
        var never = host.Tail.WaitUntilAppliedAsync(new MessagePosition(ulong.MaxValue, 0), cancel.Token);

        var position = await host.Publisher.PublishAsync(TestHost.Renamed(1), TestContext.Current.CancellationToken);
        await host
            .Tail.WaitUntilAppliedAsync(position, TestContext.Current.CancellationToken)
            .WaitAsync(Eventually.DefaultLimit, TestContext.Current.CancellationToken);
        Assert.True(
            host.Tail.WaitUntilAppliedAsync(position, TestContext.Current.CancellationToken).IsCompletedSuccessfully
        );

        Assert.False(never.IsCompleted);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => never);
    }

    [Fact]
    public async Task An_undecodable_entry_is_reported_and_one_for_another_application_is_not()
    {
        var stream = TestHost.NewStream();
        var observer = new Observer();
        await using var host = await StartAsync(stream, observer);
        var bad = MessagePosition.Parse(
            (
                (string?)
                    await redis.Database.ExecuteAsync(
                        "XADD",
                        (RedisKey)new StreamKeys(stream).Stream,
                        "*",
                        "data",
                        new byte[] { 0xff }
                    )
            )!
        );
        await host.Publisher.PublishAsync(
            TestHost.Renamed(1) with
            {
                TargetApplication = "other",
            },
            TestContext.Current.CancellationToken
        );
        var last = await host.Publisher.PublishAsync(
            TestHost.Renamed(2) with
            {
                TargetApplication = "g",
            },
            TestContext.Current.CancellationToken
        );
        await host.Tail.WaitUntilAppliedAsync(last, TestContext.Current.CancellationToken);

        Assert.Equal(bad, Assert.Single(observer.Undecodable));
        Assert.Equal([last], observer.Messages.Select(m => m.Position));
    }

    [Fact]
    public async Task Heartbeats_say_how_far_the_own_group_is_settled()
    {
        var stream = TestHost.NewStream();
        var release = new TaskCompletionSource();
        var observer = new Observer();
        await using var host = await StartAsync(stream, observer, consume: true);
        host.Handled.Behave = Recorder.Holding("company/5", release.Task);
        var positions = (await host.PublishAsync(1, 4)).Order().ToList();
        positions.Add(await host.Publisher.PublishAsync(TestHost.Renamed(5), TestContext.Current.CancellationToken));
        positions.Add(await host.Publisher.PublishAsync(TestHost.Renamed(6), TestContext.Current.CancellationToken));

        var settled = await Eventually.Until(
            () => Task.FromResult(observer.Heartbeats.LastOrDefault()),
            value => value is { } position && position >= positions[3],
            cancellationToken: TestContext.Current.CancellationToken
        );
        Assert.True(settled < positions[4], "the held message is not settled");
        await Eventually.Until(
            () => host.Handled.Companies.Contains(6),
            cancellationToken: TestContext.Current.CancellationToken
        );
        await HeartbeatsAsync(observer, 2);
        Assert.True(observer.Heartbeats.Last() < positions[4], "the held message is not settled");

        release.SetResult();
        await Eventually.Until(
            () => observer.Heartbeats.LastOrDefault() == positions[5],
            cancellationToken: TestContext.Current.CancellationToken
        );
    }

    [Fact]
    public async Task Without_a_group_heartbeats_know_nothing_settled()
    {
        var observer = new Observer();
        await using var host = await StartAsync(TestHost.NewStream(), observer);
        await HeartbeatsAsync(observer, 2);
        Assert.All(observer.Heartbeats, Assert.Null);
    }

    [Theory]
    [InlineData("DEL")]
    [InlineData("XDEL")]
    [InlineData("XSETID")]
    [InlineData("DEL and publish")]
    public async Task A_stream_that_is_not_what_the_tail_has_seen_is_a_gap_and_the_tail_goes_on(string how)
    {
        var stream = TestHost.NewStream();
        RedisKey key = new StreamKeys(stream).Stream;
        var observer = new Observer();
        await using var host = await StartAsync(stream, observer);
        var last = (await host.PublishAsync(1, 5)).Max();
        await host.Tail.WaitUntilAppliedAsync(last, TestContext.Current.CancellationToken);

        switch (how)
        {
            case "DEL":
                await redis.Database.KeyDeleteAsync(key);
                break;
            case "XDEL":
                // Added and removed at one moment: no tail can have seen it.
                await redis.Database.ExecuteAsync(
                    "EVAL",
                    "redis.call('XDEL', KEYS[1], redis.call('XADD', KEYS[1], '*', 'data', 'x'))",
                    1,
                    key
                );
                break;
            case "XSETID":
                await redis.Database.ExecuteAsync(
                    "XSETID",
                    key,
                    last.ToString(),
                    "ENTRIESADDED",
                    1000,
                    "MAXDELETEDID",
                    "0-0"
                );
                break;
            default:
                await redis.Database.ExecuteAsync(
                    "EVAL",
                    "redis.call('DEL', KEYS[1]) redis.call('XADD', KEYS[1], '*', 'data', 'x')",
                    1,
                    key
                );
                break;
        }

        await Eventually.Until(
            () => observer.Starts.Count == 2,
            cancellationToken: TestContext.Current.CancellationToken
        );
        Assert.Equal(TailStartReason.Gap, observer.Starts.Last().Reason);
        var position = await host.Publisher.PublishAsync(TestHost.Renamed(6), TestContext.Current.CancellationToken);
        await Eventually.Until(
            () => observer.Messages.Any(m => m.Position == position),
            cancellationToken: TestContext.Current.CancellationToken
        );
        var heartbeats = observer.Heartbeats.Count;
        await HeartbeatsAsync(observer, heartbeats + 2);
        Assert.Equal(2, observer.Starts.Count);
    }

    [Fact]
    public async Task An_observer_that_throws_gets_a_new_start_rather_than_a_hole()
    {
        var stream = TestHost.NewStream();
        var observer = new Observer { Fails = true };
        await using var host = await StartAsync(stream, observer);
        await host.PublishAsync(1, 1);

        await Eventually.Until(
            () => observer.Starts.Count == 2,
            cancellationToken: TestContext.Current.CancellationToken
        );
        Assert.Equal(TailStartReason.Gap, observer.Starts.Last().Reason);
    }

    internal static Task HeartbeatsAsync(Observer observer, int count) =>
        Eventually.Until(
            () => observer.Heartbeats.Count >= count,
            cancellationToken: TestContext.Current.CancellationToken
        );

    private Task<TestHost> StartAsync(string stream, Observer observer, bool consume = false) =>
        TestHost.StartAsync(
            TestHost.Build(
                redis.Server,
                stream,
                streams: streams =>
                {
                    streams.AddStreamTail(consume ? null : "g");
                    if (consume)
                    {
                        streams.AddStreamTail().AddStreamConsumer("g").HandleEveryMessage<RecordingHandler>();
                    }
                },
                settings: consume ? null : new() { ["Streams:Groups:0"] = "unrelated" },
                services: services => services.AddSingleton<IStreamTailObserver>(observer)
            )
        );

    internal sealed class Observer : IStreamTailObserver
    {
        public ConcurrentQueue<(MessagePosition Position, TailStartReason Reason)> Starts { get; } = new();

        public ConcurrentQueue<(MessagePosition Position, IMessage Payload)> Messages { get; } = new();

        public ConcurrentQueue<MessagePosition> Undecodable { get; } = new();

        public ConcurrentQueue<MessagePosition?> Heartbeats { get; } = new();

        public bool Fails { get; init; }

        public void OnStarted(MessagePosition position, TailStartReason reason) => Starts.Enqueue((position, reason));

        public void OnMessage(MessagePosition position, StreamMessage message, IMessage payload)
        {
            Messages.Enqueue((position, payload));
            if (Fails)
            {
                throw new InvalidOperationException("broken");
            }
        }

        public void OnUndecodable(MessagePosition position) => Undecodable.Enqueue(position);

        public void OnHeartbeat(MessagePosition? groupSettled, TimeSpan age) => Heartbeats.Enqueue(groupSettled);
    }
}
