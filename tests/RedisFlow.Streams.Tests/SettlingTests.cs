using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using RedisFlow.Testing;
using StackExchange.Redis;

namespace RedisFlow.Streams.Tests;

/// <summary>Acknowledgements that fail, hang or come late.</summary>
public sealed class SettlingTests(RedisFixture redis) : IClassFixture<RedisFixture>
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_settler_survives_what_nobody_foresaw()
    {
        var stream = TestHost.NewStream();
        var calls = 0;
        await using var host = await StartAsync(
            stream,
            () => Interlocked.Increment(ref calls) <= 3 ? throw new InvalidOperationException("unforeseen") : null
        );

        await host.PublishAsync(1, 3);
        await host.DrainedAsync(limit: Limit);

        Assert.True(calls > 3);
        Assert.Equal([1L, 2, 3], host.Handled.Companies.Order());
    }

    [Fact]
    public async Task While_Redis_confirms_no_acknowledgement_only_so_much_is_handled_and_the_rest_afterwards()
    {
        const int MostHandled = (4 * 256) + 256;
        var stream = TestHost.NewStream();
        var refuses = true;
        await using var host = await StartAsync(
            stream,
            () => Volatile.Read(ref refuses) ? Task.FromException(new TimeoutException("refused")) : null
        );

        for (var first = 1; first <= 2000; first += 100)
        {
            await host.PublishAsync(first, 100);
        }

        await Eventually.Until(() => host.Handled.All.Count >= 4 * 256, Limit, Cancellation);
        await host.PublishAsync(2001, 1);
        Assert.InRange(await PendingAsync(host), 4 * 256, MostHandled);

        Volatile.Write(ref refuses, false);
        await host.DrainedAsync(limit: Limit);
        Assert.Equal(Enumerable.Range(1, 2001).Select(id => (long)id), host.Handled.Companies.Order());
    }

    [Fact]
    public async Task A_graceful_stop_waits_for_acknowledgements_that_are_on_their_way()
    {
        var stream = TestHost.NewStream();
        var gate = new TaskCompletionSource();
        await using var host = await StartAsync(stream, () => gate.Task);
        await host.PublishAsync(1, 20);
        await Eventually.Until(() => host.Handled.All.Count == 20, Limit, Cancellation);

        var stopping = host.StopAsync();
        Assert.Equal(20, await PendingAsync(host));
        Assert.False(stopping.IsCompleted);
        gate.SetResult();
        await stopping;

        Assert.Equal(0, await PendingAsync(host));
    }

    [Fact]
    public async Task A_handler_that_ignores_its_cancellation_gets_three_quarters_of_the_stop_and_delays_no_ack()
    {
        var stream = TestHost.NewStream();
        var cancelled = new ConcurrentQueue<TimeSpan>();
        var started = new TaskCompletionSource();
        var never = new TaskCompletionSource();
        var clock = new Stopwatch();
        await using var host = await TestHost.StartConsumerAsync(
            redis.Server,
            stream,
            behave: async (delivery, token) =>
            {
                if (delivery.Message.Subject == "company/1")
                {
                    token.Register(() => cancelled.Enqueue(clock.Elapsed));
                    started.SetResult();
                    await never.Task;
                }
            },
            settings: new() { ["Streams:ShutdownTimeout"] = "00:00:04" }
        );
        await host.PublishAsync(1, 10);
        await started.Task.WaitAsync(Limit, Cancellation);
        await Eventually.Until(() => host.Handled.All.Count == 9, Limit, Cancellation);

        clock.Start();
        await host.StopAsync();
        var took = clock.Elapsed;
        never.SetResult();

        Assert.True(took >= TimeSpan.FromSeconds(2.9), $"The stop took {took}.");
        Assert.True(
            Assert.Single(cancelled) >= TimeSpan.FromSeconds(1.9),
            $"It was cancelled after {cancelled.First()}."
        );
        Assert.Equal(1, await PendingAsync(host));
    }

    private Task<TestHost> StartAsync(string stream, Func<Task?> intercept) =>
        TestHost.StartAsync(
            TestHost.Build(
                redis.Server,
                stream,
                streams: streams => streams.AddStreamConsumer("g").HandleEveryMessage<RecordingHandler>(),
                settings: new() { ["Streams:LeaseDuration"] = "00:10:00" },
                services: services =>
                    services.AddSingleton(_ =>
                        InterceptedRedis.Around(ConnectionMultiplexer.Connect(redis.Server.ConnectionString), intercept)
                    )
            )
        );

    /// <summary>By the test's own connection.</summary>
    private static async Task<long> PendingAsync(TestHost host) =>
        (long)((RedisResult[])(await host.Database.ExecuteAsync("XPENDING", (RedisKey)Stream(host), "g"))!)[0];

    private static string Stream(TestHost host) =>
        new StreamKeys(
            host.Services.GetRequiredService<Microsoft.Extensions.Options.IOptions<StreamOptions>>().Value.Name
        ).Stream;
}
