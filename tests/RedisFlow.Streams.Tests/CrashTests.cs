using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using RedisFlow.Domain.Messages;
using RedisFlow.Testing;
using StackExchange.Redis;

namespace RedisFlow.Streams.Tests;

/// <summary>
/// Consumers that end without acknowledging: played by raw reads, which leave exactly what a killed process leaves.
/// </summary>
public sealed class CrashTests(RedisFixture redis) : IClassFixture<RedisFixture>
{
    [Fact]
    public async Task A_restarted_consumer_replays_what_it_had_not_acknowledged_page_by_page_and_goes_on()
    {
        var stream = TestHost.NewStream();
        await using var publisher = await TestHost.StartPublisherAsync(redis.Server, stream);
        await publisher.PublishAsync(1, 250);
        await ReadAndDieAsync(stream, "a", 250);

        await using var host = await TestHost.StartConsumerAsync(redis.Server, stream);
        await host.PublishAsync(251, 10);
        await host.DrainedAsync();

        Assert.Equal(Enumerable.Range(1, 260).Select(id => (long)id), host.Handled.Companies.Order());
        Assert.All(
            host.Handled.All,
            d => Assert.Equal(((CompanyUpdated)d.Payload).CompanyId <= 250 ? 2 : 1, d.DeliveryCount)
        );
    }

    [Fact]
    public async Task What_a_dead_consumer_left_is_taken_over_after_the_lease()
    {
        var stream = TestHost.NewStream();
        await using var publisher = await TestHost.StartPublisherAsync(redis.Server, stream);
        await publisher.PublishAsync(1, 250);
        await ReadAndDieAsync(stream, "dead", 250);

        await using var host = await TestHost.StartConsumerAsync(
            redis.Server,
            stream,
            "alive",
            settings: new() { ["Streams:LeaseDuration"] = "00:00:00.300" }
        );
        await host.DrainedAsync();

        Assert.Equal(Enumerable.Range(1, 250).Select(id => (long)id), host.Handled.Companies.Order());
        Assert.All(host.Handled.All, d => Assert.Equal((2, "alive"), (d.DeliveryCount, d.Consumer)));
    }

    [Fact]
    public async Task What_a_live_consumer_holds_is_not_taken_over_within_the_lease()
    {
        var stream = TestHost.NewStream();
        var release = new TaskCompletionSource();
        await using var holder = await TestHost.StartConsumerAsync(
            redis.Server,
            stream,
            "holder",
            Recorder.Holding("company/1", release.Task)
        );
        await holder.Publisher.PublishAsync(TestHost.Renamed(1), TestContext.Current.CancellationToken);
        await PendingAsync(holder, 1);

        await using var other = await TestHost.StartConsumerAsync(redis.Server, stream, "other");
        await other.Publisher.PublishAsync(TestHost.Renamed(2), TestContext.Current.CancellationToken);
        await Eventually.Until(
            () => holder.Handled.Companies.Concat(other.Handled.Companies).Contains(2),
            cancellationToken: TestContext.Current.CancellationToken
        );

        Assert.DoesNotContain(1L, other.Handled.Companies);
        release.SetResult();
        await other.DrainedAsync();
        Assert.Contains(1L, holder.Handled.Companies);
    }

    [Fact]
    public async Task A_worker_that_takes_over_its_own_running_message_does_not_run_it_twice()
    {
        var stream = TestHost.NewStream();
        await using var host = await TestHost.StartConsumerAsync(
            redis.Server,
            stream,
            behave: (_, cancellationToken) => Task.Delay(TimeSpan.FromSeconds(1), cancellationToken),
            settings: new() { ["Streams:LeaseDuration"] = "00:00:00.200" }
        );

        await host.Publisher.PublishAsync(TestHost.Renamed(1), TestContext.Current.CancellationToken);
        await host.DrainedAsync();

        Assert.Equal(1, Assert.Single(host.Handled.All).DeliveryCount);
    }

    [Fact]
    public async Task A_pending_entry_whose_data_is_gone_is_acknowledged_and_stops_nothing()
    {
        var stream = TestHost.NewStream();
        await using var publisher = await TestHost.StartPublisherAsync(redis.Server, stream);
        var positions = await publisher.PublishAsync(1, 4);
        await ReadAndDieAsync(stream, "a", 2);
        await ReadAndDieAsync(stream, "dead", 2);
        foreach (var position in positions.Order().Where((_, i) => i % 2 == 0))
        {
            await redis.Database.ExecuteAsync("XDEL", (RedisKey)new StreamKeys(stream).Stream, position.ToString());
        }

        var told = new ConcurrentQueue<StreamDeadLetter>();
        await using var host = await TestHost.StartAsync(
            TestHost.Build(
                redis.Server,
                stream,
                streams: streams =>
                    streams
                        .AddStreamConsumer("g")
                        .HandleEveryMessage<RecordingHandler>()
                        .HandleEveryMessage<DeadLetterRecorder>(),
                settings: new() { ["Streams:LeaseDuration"] = "00:00:00.300" },
                services: services =>
                    services.AddSingleton(
                        new DeadLetterRecorder(deadLetter =>
                        {
                            told.Enqueue(deadLetter);
                            return Task.CompletedTask;
                        })
                    )
            )
        );

        // Lag is unknown once entries were deleted, so it is the pending list that says when this is done.
        await PendingAsync(host, 0);
        await Eventually.Until(
            () => host.Handled.All.Count == 2,
            cancellationToken: TestContext.Current.CancellationToken
        );
        Assert.Equal(positions.Order().Where((_, i) => i % 2 == 1), host.Handled.All.Select(d => d.Position).Order());

        // Both the one that this consumer owned and the one that a dead one left: who must limit the loss, hears of it.
        var lost = await Eventually.Until(
            () => Task.FromResult(told.Select(deadLetter => deadLetter.Position).Order().ToArray()),
            heard => heard.Length == 2,
            cancellationToken: TestContext.Current.CancellationToken
        );
        Assert.Equal(positions.Order().Where((_, i) => i % 2 == 0), lost);
        Assert.All(told, deadLetter => Assert.Equal(DeadLetterReason.Lost, deadLetter.Reason));
        Assert.Equal(0, (await host.Monitor.GetSnapshotAsync(TestContext.Current.CancellationToken)).DeadLetters);
    }

    [Fact]
    public async Task A_loss_that_is_taken_over_is_told_though_every_lane_is_busy_for_longer_than_the_lease()
    {
        var stream = TestHost.NewStream();
        var key = (RedisKey)new StreamKeys(stream).Stream;
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var told = new TaskCompletionSource<StreamDeadLetter>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var host = await TestHost.StartAsync(
            TestHost.Build(
                redis.Server,
                stream,
                streams: streams =>
                    streams
                        .AddStreamConsumer("g")
                        .HandleEveryMessage<RecordingHandler>()
                        .HandleEveryMessage<DeadLetterRecorder>(),
                settings: new() { ["Streams:LeaseDuration"] = "00:00:00.300", ["Streams:MaxConcurrency"] = "1" },
                services: services =>
                    services.AddSingleton(
                        new DeadLetterRecorder(deadLetter =>
                        {
                            told.TrySetResult(deadLetter);
                            return Task.CompletedTask;
                        })
                    )
            ),
            (_, _) =>
            {
                begun.TrySetResult();
                return release.Task;
            }
        );
        var busy = await host.Publisher.PublishAsync(TestHost.Renamed(1), TestContext.Current.CancellationToken);
        await begun.Task.WaitAsync(Eventually.DefaultLimit, TestContext.Current.CancellationToken);

        // One script, so that the worker's blocked read sees nothing of it.
        var lost = (string)
            (
                await redis.Database.ExecuteAsync(
                    "EVAL",
                    """
                    local id = redis.call('XADD', KEYS[1], '*', 'data', '')
                    redis.call('XREADGROUP', 'GROUP', 'g', 'dead', 'STREAMS', KEYS[1], '>')
                    redis.call('XDEL', KEYS[1], id)
                    return id
                    """,
                    1,
                    key
                )
            )!;
        await Eventually.Until(
            async () => (RedisResult[])(await redis.Database.ExecuteAsync("XPENDING", key, "g", "-", "+", 10, "dead"))!,
            entries => entries.Length == 0,
            cancellationToken: TestContext.Current.CancellationToken
        );

        // What is due is renewed at once: when the message that runs was renewed again, so would the other one have
        // been.
        await UntilRenewedAsync(key, busy, times: 3);
        release.SetResult();

        var deadLetter = await told.Task.WaitAsync(Eventually.DefaultLimit, TestContext.Current.CancellationToken);
        Assert.Equal((lost, DeadLetterReason.Lost), (deadLetter.Position.ToString(), deadLetter.Reason));
    }

    [Fact]
    public async Task A_message_that_ends_its_process_at_every_delivery_is_given_up_in_the_end()
    {
        var stream = TestHost.NewStream();
        await using var publisher = await TestHost.StartPublisherAsync(redis.Server, stream);
        var deadly = await publisher.Publisher.PublishAsync(TestHost.Renamed(1), TestContext.Current.CancellationToken);
        var unlucky = await publisher.Publisher.PublishAsync(
            TestHost.Renamed(2),
            TestContext.Current.CancellationToken
        );
        await ReadAndDieAsync(stream, "a", 2);
        var key = (RedisKey)new StreamKeys(stream).Stream;
        await redis.Database.ExecuteAsync("XCLAIM", key, "g", "a", 0, deadly.ToString(), "RETRYCOUNT", 15, "JUSTID");
        await redis.Database.ExecuteAsync("XCLAIM", key, "g", "a", 0, unlucky.ToString(), "RETRYCOUNT", 14, "JUSTID");

        await using var host = await TestHost.StartConsumerAsync(
            redis.Server,
            stream,
            settings: new() { ["Streams:MaxDeliveries"] = "5" }
        );
        await host.DrainedAsync();

        // Three times MaxDeliveries: most restarts are not the message's fault.
        Assert.Equal(15, Assert.Single(host.Handled.All, d => d.Position == unlucky).DeliveryCount);
        Assert.Equal(1, (await host.Monitor.GetSnapshotAsync(TestContext.Current.CancellationToken)).DeadLetters);
    }

    [Fact]
    public async Task A_message_that_waits_for_a_dependency_longer_than_the_lease_stays_with_its_worker()
    {
        var stream = TestHost.NewStream();
        var (running, most, calls) = (0, 0, 0);
        var isDown = true;
        async Task BehaveAsync()
        {
            Interlocked.Increment(ref calls);
            var now = Interlocked.Increment(ref running);
            InterlockedMax(ref most, now);
            try
            {
                await Task.Yield();
                if (Volatile.Read(ref isDown))
                {
                    throw new HttpRequestException("refused");
                }
            }
            finally
            {
                Interlocked.Decrement(ref running);
            }
        }

        // Long enough that no pause of the machine lets it pass: what is taken over then is rightly so.
        var lease = TimeSpan.FromSeconds(3);
        Dictionary<string, string?> settings = new()
        {
            ["Streams:MaxRetryDelay"] = "00:00:00.050",
            ["Streams:LeaseDuration"] = lease.ToString(),
        };
        await using var first = await TestHost.StartConsumerAsync(
            redis.Server,
            stream,
            "first",
            (_, _) => BehaveAsync(),
            settings
        );
        await using var second = await TestHost.StartConsumerAsync(
            redis.Server,
            stream,
            "second",
            (_, _) => BehaveAsync(),
            settings
        );
        await first.Publisher.PublishAsync(TestHost.Renamed(1), TestContext.Current.CancellationToken);

        // Well beyond the lease; each attempt takes the retry delay of 50 ms.
        var clock = Stopwatch.StartNew();
        await Eventually.Until(
            () => Volatile.Read(ref calls) > 20 && clock.Elapsed > 2 * lease,
            cancellationToken: TestContext.Current.CancellationToken
        );
        Volatile.Write(ref isDown, false);
        await first.DrainedAsync();

        Assert.Equal(1, most);
        Assert.Equal(1, Assert.Single(first.Handled.All.Concat(second.Handled.All)).DeliveryCount);
    }

    private static void InterlockedMax(ref int target, int value)
    {
        var seen = Volatile.Read(ref target);
        while (seen < value)
        {
            var before = Interlocked.CompareExchange(ref target, value, seen);
            if (before == seen)
            {
                return;
            }

            seen = before;
        }
    }

    private static Task<long> PendingAsync(TestHost host, int pending) =>
        Eventually.Until(
            async () => (await host.Monitor.GetSnapshotAsync()).Groups.Single().Pending,
            count => count == pending,
            cancellationToken: TestContext.Current.CancellationToken
        );

    /// <summary>Waits until the idle time of a pending entry has restarted a few times.</summary>
    private async Task UntilRenewedAsync(RedisKey key, MessagePosition position, int times)
    {
        var (renewals, last) = (0, 0L);
        await Eventually.Until(
            async () =>
            {
                var reply = await redis.Database.ExecuteAsync(
                    "XPENDING",
                    key,
                    "g",
                    position.ToString(),
                    position.ToString(),
                    1
                );
                var idle = (long)((RedisResult[])((RedisResult[])reply!)[0]!)[2];
                renewals += idle < last ? 1 : 0;
                last = idle;
                return renewals;
            },
            seen => seen >= times,
            cancellationToken: TestContext.Current.CancellationToken
        );
    }

    private async Task ReadAndDieAsync(string stream, string consumer, int count)
    {
        var keys = new StreamKeys(stream);
        await Eventually.Until(
            async () => (bool)await redis.Database.ExecuteAsync("EXISTS", (RedisKey)keys.Groups),
            cancellationToken: TestContext.Current.CancellationToken
        );
        await redis.Database.ExecuteAsync(
            "XREADGROUP",
            "GROUP",
            "g",
            consumer,
            "COUNT",
            count,
            "STREAMS",
            (RedisKey)keys.Stream,
            ">"
        );
    }
}
