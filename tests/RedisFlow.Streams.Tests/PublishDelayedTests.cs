using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using RedisFlow.Streams.Publishing;
using RedisFlow.Testing;
using StackExchange.Redis;

namespace RedisFlow.Streams.Tests;

public sealed class PublishDelayedTests(RedisFixture redis) : IClassFixture<RedisFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    [Fact]
    public async Task A_delayed_message_is_published_when_it_is_due_and_not_before()
    {
        var stream = TestHost.NewStream();
        await using var host = await TestHost.StartConsumerAsync(redis.Server, stream);
        var due = Now + TimeSpan.FromSeconds(2);

        var id = await host.Publisher.PublishAtAsync(TestHost.Renamed(1), due, Cancellation);
        await Eventually.Until(() => host.Handled.All.Count == 1, cancellationToken: Cancellation);

        var delivery = Assert.Single(host.Handled.All);
        Assert.Equal(id, delivery.Message.MessageId);
        Assert.Equal(7, Guid.Parse(id).Version);
        Assert.True(
            (long)delivery.Position.Milliseconds >= due.ToUnixTimeMilliseconds(),
            $"{delivery.Position} is before {due.ToUnixTimeMilliseconds()}."
        );
        Assert.Equal((0, 0), await WaitingAsync(stream));
    }

    [Fact]
    public async Task What_was_due_in_the_past_is_published_at_once()
    {
        var stream = TestHost.NewStream();
        using var host = TestHost.Build(redis.Server, stream);

        // Nothing moves what is due here: the application is not started.
        await host.Publisher.PublishAtAsync(
            TestHost.Renamed(1),
            DateTimeOffset.UnixEpoch - TimeSpan.FromDays(1),
            Cancellation
        );

        Assert.Equal(1, await LengthAsync(stream));
        Assert.Equal((0, 0), await WaitingAsync(stream));
    }

    [Fact]
    public async Task Delayed_messages_come_in_the_order_in_which_they_are_due()
    {
        var stream = TestHost.NewStream();
        using var scheduler = TestHost.Build(redis.Server, stream);
        var due = Now + TimeSpan.FromHours(1);
        foreach (var i in Enumerable.Range(0, 250).Reverse())
        {
            await scheduler.Publisher.PublishAtAsync(
                TestHost.Renamed(i),
                due + TimeSpan.FromMilliseconds(i),
                Cancellation
            );
        }

        await MakeDueAsync(stream);
        await using var host = await TestHost.StartConsumerAsync(redis.Server, stream);
        await Eventually.Until(() => host.Handled.All.Count == 250, cancellationToken: Cancellation);

        Assert.Equal(
            Enumerable.Range(0, 250).Select(i => (long)i),
            host.Handled.All.OrderBy(d => d.Position)
                .Select(d =>
                    long.Parse(
                        d.Message.Subject["company/".Length..],
                        System.Globalization.CultureInfo.InvariantCulture
                    )
                )
        );
    }

    [Fact]
    public async Task An_earlier_one_that_another_application_adds_does_not_wait_for_a_later_one()
    {
        var stream = TestHost.NewStream();
        await using var host = await TestHost.StartConsumerAsync(redis.Server, stream);
        using var other = TestHost.Build(redis.Server, stream, "b");
        await host.Publisher.PublishAtAsync(TestHost.Renamed(1), Now + TimeSpan.FromHours(1), Cancellation);

        await other.Publisher.PublishAtAsync(TestHost.Renamed(2), Now + TimeSpan.FromMilliseconds(100), Cancellation);

        await Eventually.Until(() => host.Handled.All.Count == 1, cancellationToken: Cancellation);
        Assert.Equal([2L], host.Handled.Companies);
        Assert.Equal((1, 1), await WaitingAsync(stream));
    }

    [Fact]
    public async Task Several_movers_move_each_message_once()
    {
        var stream = TestHost.NewStream();
        using var one = TestHost.Build(redis.Server, stream, "a");
        using var two = TestHost.Build(redis.Server, stream, "b");
        const int Count = 1000;
        await Task.WhenAll(
            Enumerable
                .Range(0, Count)
                .Select(i =>
                    one.Publisher.PublishAtAsync(TestHost.Renamed(i), Now + TimeSpan.FromHours(1), Cancellation)
                )
        );
        await MakeDueAsync(stream);

        var movers = new[] { one, two, one, two }
            .Select(host => host.Services.GetRequiredKeyedService<DelayedMessages>(""))
            .ToArray();
        var moved = await Task.WhenAll(
            movers.Select(mover =>
                Task.Run(async () =>
                {
                    var count = 0;
                    while (await mover.MoveDueAsync(Cancellation) is { Count: > 0 } step)
                    {
                        Assert.InRange(step.Count, 1, DelayedMessages.BatchCount);
                        count += step.Count;
                    }

                    return count;
                })
            )
        );

        Assert.Equal(Count, moved.Sum());
        Assert.Equal(Count, await LengthAsync(stream));
        Assert.Equal((0, 0), await WaitingAsync(stream));
    }

    [Fact]
    public async Task A_cancelled_message_is_never_published()
    {
        var stream = TestHost.NewStream();
        using var host = TestHost.Build(redis.Server, stream);
        var id = await host.Publisher.PublishAtAsync(TestHost.Renamed(1), Now + TimeSpan.FromHours(1), Cancellation);

        Assert.True(await host.Publisher.CancelAsync(id, Cancellation));
        Assert.False(await host.Publisher.CancelAsync(id, Cancellation));

        Assert.Equal((0, 0), await WaitingAsync(stream));
        await MoveAsync(host);
        Assert.Equal(0, await LengthAsync(stream));
    }

    [Fact]
    public async Task What_is_cancelled_while_it_becomes_due_is_either_published_or_cancelled()
    {
        var stream = TestHost.NewStream();
        using var host = TestHost.Build(redis.Server, stream);
        var ids = await Task.WhenAll(
            Enumerable
                .Range(0, 300)
                .Select(i =>
                    host.Publisher.PublishAtAsync(TestHost.Renamed(i), Now + TimeSpan.FromHours(1), Cancellation)
                )
        );
        await MakeDueAsync(stream);

        var moving = Task.Run(() => MoveAsync(host), Cancellation);
        var cancelled = (
            await Task.WhenAll(ids.Reverse().Select(id => host.Publisher.CancelAsync(id, Cancellation)))
        ).Count(was => was);
        await moving;

        Assert.Equal(300, cancelled + await LengthAsync(stream));
    }

    [Fact]
    public async Task An_id_that_waits_is_not_added_again_and_one_that_was_moved_is_recognised()
    {
        var stream = TestHost.NewStream();
        using var host = TestHost.Build(redis.Server, stream);
        var publication = TestHost.Renamed(1) with { MessageId = "reminder-1" };
        var due = Now + TimeSpan.FromHours(1);

        Assert.Equal("reminder-1", await host.Publisher.PublishAtAsync(publication, due, Cancellation));
        Assert.Equal(
            "reminder-1",
            await host.Publisher.PublishAtAsync(publication, due + TimeSpan.FromHours(1), Cancellation)
        );
        Assert.Equal((1, 1), await WaitingAsync(stream));
        Assert.Equal(
            due.ToUnixTimeMilliseconds(),
            (double)(await redis.Database.SortedSetScoreAsync($"{{{stream}}}:delayed", "reminder-1"))!
        );
        await MakeDueAsync(stream);
        await MoveAsync(host);

        await host.Publisher.PublishAtAsync(publication, due, Cancellation);
        await MakeDueAsync(stream);
        await MoveAsync(host);
        var position = await host.Publisher.PublishAsync(publication, Cancellation);

        Assert.Equal(1, await LengthAsync(stream));
        Assert.Equal(position, await host.Publisher.PublishAsync(publication, Cancellation));
    }

    [Fact]
    public async Task Delayed_messages_outlive_a_killed_Redis_lost_scripts_and_all_applications()
    {
        await using var server = await RedisServer.StartAsync(Cancellation);
        var stream = TestHost.NewStream();
        await using (var first = TestHost.Build(server, stream, "first"))
        {
            await first.Database.ExecuteAsync("CONFIG", "SET", "appendfsync", "always");
            for (var i = 0; i < 20; i++)
            {
                await first.Publisher.PublishAtAsync(TestHost.Renamed(i), Now + TimeSpan.FromSeconds(3), Cancellation);
            }
        }

        await server.KillAsync();
        await server.RestartAsync(Cancellation);
        await using var second = await TestHost.StartConsumerAsync(server, stream, "second");
        await second.Publisher.PublishAtAsync(TestHost.Renamed(20), Now + TimeSpan.FromSeconds(1), Cancellation);
        await second.Database.ExecuteAsync("SCRIPT", "FLUSH");

        await Eventually.Until(() => second.Handled.All.Count == 21, TimeSpan.FromSeconds(60), Cancellation);
        Assert.Equal(Enumerable.Range(0, 21).Select(i => (long)i), second.Handled.Companies.Order());
    }

    [Fact]
    public async Task A_mover_whose_replies_are_lost_moves_nothing_twice()
    {
        await using var proxy = new RedisProxy(redis.OneServer.Port);
        var stream = TestHost.NewStream();
        using var host = TestHost.Build(redis.OneServer, stream, services: PublishBatchTests.Through(proxy));
        for (var i = 0; i < 150; i++)
        {
            await host.Publisher.PublishAtAsync(TestHost.Renamed(i), Now + TimeSpan.FromHours(1), Cancellation);
        }

        var mover = host.Services.GetRequiredKeyedService<DelayedMessages>("");
        await mover.MoveDueAsync(Cancellation);
        await MakeDueAsync(stream, host.Database);
        proxy.LoseReplies();
        await Assert.ThrowsAnyAsync<Exception>(() => mover.MoveDueAsync(Cancellation));
        proxy.Reset();
        Assert.Equal(DelayedMessages.BatchCount, await LengthAsync(stream, host.Database));

        await PublishBatchTests.RepeatedAsync(() => mover.MoveDueAsync(Cancellation));
        Assert.Equal(150, await LengthAsync(stream, host.Database));
    }

    [Fact]
    public async Task A_message_that_Redis_refuses_to_add_still_waits()
    {
        await using var server = await RedisServer.StartAsync(Cancellation);
        var stream = TestHost.NewStream();
        var log = new FakeLoggerProvider();
        await using var scheduler = TestHost.Build(server, stream);
        await scheduler.Publisher.PublishAtAsync(TestHost.Renamed(1), Now + TimeSpan.FromHours(1), Cancellation);
        await MakeDueAsync(stream, scheduler.Database);
        await scheduler.Database.StringSetAsync($"{{{stream}}}:stream", "in the way");

        await using var host = await TestHost.StartAsync(
            TestHost.Build(
                server,
                stream,
                streams: streams => streams.AddStreamConsumer("g").HandleEveryMessage<RecordingHandler>(),
                services: services => services.AddSingleton<ILoggerProvider>(log)
            )
        );
        await Eventually.Until(
            () => log.Collector.Contains(LogLevel.Warning, "publishing the delayed messages that are due failed"),
            cancellationToken: Cancellation
        );
        await scheduler.Database.KeyDeleteAsync($"{{{stream}}}:stream");

        await Eventually.Until(() => host.Handled.All.Count == 1, TimeSpan.FromSeconds(60), Cancellation);
    }

    [Fact]
    public async Task A_delayed_message_whose_data_somebody_removed_is_reported_and_holds_up_no_other()
    {
        var stream = TestHost.NewStream();
        var log = new FakeLoggerProvider();
        using var scheduler = TestHost.Build(redis.Server, stream);
        var lost = await scheduler.Publisher.PublishAtAsync(
            TestHost.Renamed(1),
            Now + TimeSpan.FromHours(1),
            Cancellation
        );
        await scheduler.Publisher.PublishAtAsync(TestHost.Renamed(2), Now + TimeSpan.FromHours(1), Cancellation);
        await redis.Database.HashDeleteAsync($"{{{stream}}}:delayed:messages", lost);
        await MakeDueAsync(stream);

        await using var host = await TestHost.StartAsync(
            TestHost.Build(
                redis.Server,
                stream,
                streams: streams => streams.AddStreamConsumer("g").HandleEveryMessage<RecordingHandler>(),
                services: services => services.AddSingleton<ILoggerProvider>(log)
            )
        );

        await Eventually.Until(() => host.Handled.All.Count == 1, cancellationToken: Cancellation);
        Assert.Equal([2L], host.Handled.Companies);
        await Eventually.Until(() => log.Collector.Contains(LogLevel.Error, lost), cancellationToken: Cancellation);
    }

    private static async Task MoveAsync(TestHost host)
    {
        var mover = host.Services.GetRequiredKeyedService<DelayedMessages>("");
        while (await mover.MoveDueAsync(Cancellation) is { Count: > 0 }) { }
    }

    /// <summary>Makes everything that waits due now, in its order, as if its time had come.</summary>
    private async Task MakeDueAsync(string stream, IDatabase? database = null)
    {
        database ??= redis.Database;
        var waiting = await database.SortedSetRangeByRankAsync($"{{{stream}}}:delayed");
        await database.SortedSetAddAsync(
            $"{{{stream}}}:delayed",
            [.. waiting.Select((id, rank) => new SortedSetEntry(id, rank))]
        );
    }

    private async Task<(long Ids, long Messages)> WaitingAsync(string stream) =>
        (
            await redis.Database.SortedSetLengthAsync($"{{{stream}}}:delayed"),
            await redis.Database.HashLengthAsync($"{{{stream}}}:delayed:messages")
        );

    private async Task<long> LengthAsync(string stream, IDatabase? database = null) =>
        (long)await (database ?? redis.Database).ExecuteAsync("XLEN", $"{{{stream}}}:stream");
}
