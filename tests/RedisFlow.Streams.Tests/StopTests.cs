using System.Diagnostics;
using RedisFlow.Testing;

namespace RedisFlow.Streams.Tests;

public sealed class StopTests(RedisFixture redis) : IClassFixture<RedisFixture>
{
    [Fact]
    public async Task An_idle_application_stops_at_once()
    {
        // The consumer's read has just begun to block, for 2 s: a stop that waited for it would take longer each time.
        await Soon.Measured(
            TimeSpan.FromSeconds(1.5),
            async () =>
            {
                await using var host = await TestHost.StartAsync(
                    TestHost.Build(
                        redis.Server,
                        TestHost.NewStream(),
                        streams: streams =>
                            streams.AddStreamTail().AddStreamConsumer("g").HandleEveryMessage<RecordingHandler>()
                    )
                );
                await host.PublishAsync(1, 1);
                await host.DrainedAsync();

                var clock = Stopwatch.StartNew();
                await host.StopAsync();
                return clock.Elapsed;
            }
        );
    }

    [Fact]
    public async Task A_stop_lets_running_handlers_finish_and_leaves_the_rest_to_the_next_start()
    {
        var stream = TestHost.NewStream();
        var release = new TaskCompletionSource();
        var running = 0;
        await using var first = await TestHost.StartConsumerAsync(
            redis.Server,
            stream,
            behave: async (_, cancellationToken) =>
            {
                Interlocked.Increment(ref running);
                await release.Task.WaitAsync(cancellationToken);
            },
            settings: new() { ["Streams:MaxConcurrency"] = "4" }
        );

        // Two subjects: two run, further messages of theirs wait behind them.
        await Task.WhenAll(
            Enumerable.Range(0, 10).Select(i => first.Publisher.PublishAsync(TestHost.Renamed(i % 2, $"{i}")))
        );
        await Eventually.Until(() => running == 2, cancellationToken: TestContext.Current.CancellationToken);
        var stopping = first.StopAsync();
        await Task.Yield();
        Assert.False(stopping.IsCompleted);
        release.SetResult();
        await stopping;
        var done = first.Handled.All.Select(d => d.Position).ToArray();
        Assert.Equal(2, done.Length);

        await using var second = await TestHost.StartConsumerAsync(redis.Server, stream);
        await second.DrainedAsync();
        Assert.Equal(8, second.Handled.All.Count);
        Assert.Empty(second.Handled.All.Select(d => d.Position).Intersect(done));
    }

    [Fact]
    public async Task A_handler_that_outlasts_the_stop_is_cancelled_and_its_message_stays_pending()
    {
        var stream = TestHost.NewStream();
        var started = new TaskCompletionSource();
        var cancelled = false;
        await using var host = await TestHost.StartConsumerAsync(
            redis.Server,
            stream,
            behave: async (_, cancellationToken) =>
            {
                started.TrySetResult();
                try
                {
                    await Task.Delay(Timeout.Infinite, cancellationToken);
                }
                finally
                {
                    cancelled = cancellationToken.IsCancellationRequested;
                }
            },
            settings: new() { ["Streams:ShutdownTimeout"] = "00:00:00.200" }
        );
        await host.PublishAsync(1, 1);
        await started.Task.WaitAsync(Eventually.DefaultLimit, TestContext.Current.CancellationToken);

        // The handler itself would never end.
        await host.StopAsync().WaitAsync(Eventually.DefaultLimit, TestContext.Current.CancellationToken);

        // The stop does not wait for what a cancelled handler does last.
        await Eventually.Until(
            () => Volatile.Read(ref cancelled),
            cancellationToken: TestContext.Current.CancellationToken
        );
        Assert.Equal(
            1,
            (await host.Monitor.GetSnapshotAsync(TestContext.Current.CancellationToken)).Groups.Single().Pending
        );
    }

    [Fact]
    public async Task Stopping_and_starting_under_load_loses_nothing()
    {
        var stream = TestHost.NewStream();
        await using var publisher = await TestHost.StartPublisherAsync(redis.Server, stream);
        var publishing = Task.Run(
            async () =>
            {
                for (var id = 1; id <= 1500; id += 10)
                {
                    await publisher.PublishAsync(id, 10);
                    await Task.Delay(2, TestContext.Current.CancellationToken);
                }
            },
            TestContext.Current.CancellationToken
        );
        var handled = new List<long>();
        while (!publishing.IsCompleted)
        {
            await using var host = await TestHost.StartConsumerAsync(
                redis.Server,
                stream,
                behave: (_, c) => Task.Delay(1, c)
            );
            await Eventually.Until(
                () => host.Handled.All.Count > 50 || publishing.IsCompleted,
                cancellationToken: TestContext.Current.CancellationToken
            );
            await host.StopAsync();
            handled.AddRange(host.Handled.Companies);
        }

        await publishing;
        await using var last = await TestHost.StartConsumerAsync(redis.Server, stream);
        await last.DrainedAsync();
        handled.AddRange(last.Handled.Companies);

        // Graceful stops acknowledge what they handled: each message exactly once.
        Assert.Equal(Enumerable.Range(1, 1500).Select(id => (long)id), handled.Order());
    }
}
