using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using RedisFlow.Domain.Messages;
using RedisFlow.Testing;
using StackExchange.Redis;

namespace RedisFlow.Streams.Tests;

/// <summary>Retries that wait, a dependency that is down, and a group that is paused.</summary>
public sealed class BackoffTests(RedisFixture redis) : IClassFixture<RedisFixture>
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_failure_makes_the_next_wait_longer()
    {
        var stream = TestHost.NewStream();
        var clock = Stopwatch.StartNew();
        var attempts = new ConcurrentQueue<(TimeSpan Begin, TimeSpan End)>();
        await using var host = await TestHost.StartConsumerAsync(
            redis.Server,
            stream,
            behave: (_, _) =>
            {
                var begin = clock.Elapsed;
                attempts.Enqueue((begin, clock.Elapsed));
                throw new InvalidOperationException("no way");
            },
            settings: new() { ["Streams:MaxDeliveries"] = "5", ["Streams:RetryDelay"] = "00:00:00.100" }
        );
        await host.PublishAsync(1, 1);
        await host.DrainedAsync(limit: Limit);

        var times = attempts.ToArray();
        Assert.Equal(5, times.Length);
        for (var i = 1; i < times.Length; i++)
        {
            // A jitter of a quarter, and a millisecond for the clock's own steps.
            var shortest = TimeSpan.FromMilliseconds((100 * (1 << (i - 1)) * 0.75) - 1);
            Assert.True(
                times[i].Begin - times[i - 1].End >= shortest,
                $"Attempt {i + 1} came {times[i].Begin - times[i - 1].End} after the one before."
            );
        }
    }

    [Fact]
    public async Task Later_messages_of_a_failing_subject_wait_while_others_of_its_lane_go_on()
    {
        var stream = TestHost.NewStream();
        var fails = true;
        await using var host = await TestHost.StartConsumerAsync(
            redis.Server,
            stream,
            behave: (delivery, _) =>
                Volatile.Read(ref fails) && ((CompanyUpdated)delivery.Payload).Name == "first"
                    ? throw new InvalidOperationException("not yet")
                    : Task.CompletedTask,
            settings: new()
            {
                ["Streams:MaxConcurrency"] = "1",
                ["Streams:MaxDeliveries"] = "1000",
                ["Streams:MaxRetryDelay"] = "00:00:00.100",
            }
        );
        foreach (var (id, name) in ((int, string)[])[(1, "first"), (1, "second"), (2, "x"), (1, "third"), (3, "y")])
        {
            await host.Publisher.PublishAsync(TestHost.Renamed(id, name), Cancellation);
        }

        await Eventually.Until(() => host.Handled.All.Count >= 2, Limit, Cancellation);
        Assert.Equal([2L, 3], host.Handled.Companies);

        Volatile.Write(ref fails, false);
        await host.DrainedAsync(limit: Limit);
        Assert.Equal(
            ["x", "y", "first", "second", "third"],
            host.Handled.All.Select(d => ((CompanyUpdated)d.Payload).Name)
        );
    }

    [Fact]
    public async Task While_a_dependency_is_down_one_message_at_a_time_tries_it_and_no_attempt_is_spent()
    {
        const int Threshold = 5;
        const int Lanes = 4;
        var stream = TestHost.NewStream();
        var log = new FakeLoggerProvider();
        using var counted = new Counted(stream);
        var isDown = true;
        var calls = 0;
        await using var host = await TestHost.StartAsync(
            TestHost.Build(
                redis.Server,
                stream,
                streams: streams => streams.AddStreamConsumer("g").HandleEveryMessage<RecordingHandler>(),
                settings: new()
                {
                    ["Streams:MaxConcurrency"] = $"{Lanes}",
                    ["Streams:CircuitBreakerThreshold"] = $"{Threshold}",
                    ["Streams:MaxDeliveries"] = "1",
                    ["Streams:RetryDelay"] = "00:00:00.200",
                    ["Streams:MaxRetryDelay"] = "00:00:00.400",
                },
                services: services => services.AddSingleton<ILoggerProvider>(log)
            ),
            behave: (_, _) =>
            {
                Interlocked.Increment(ref calls);
                return Volatile.Read(ref isDown) ? throw new HttpRequestException("refused") : Task.CompletedTask;
            }
        );
        var clock = Stopwatch.StartNew();
        await host.PublishAsync(1, 300);
        await Eventually.Until(() => Volatile.Read(ref calls) >= Threshold + 8, Limit, Cancellation);

        // Those that ran when the circuit opened, and a probe each time that it was open for long enough.
        Assert.InRange(
            Volatile.Read(ref calls),
            0,
            Threshold + Lanes + (clock.Elapsed / TimeSpan.FromMilliseconds(150))
        );
        Assert.Equal(1, counted["redisflow.stream.circuit_opened"]);
        Assert.True(log.Collector.Contains(LogLevel.Error, "nothing is begun"));

        Volatile.Write(ref isDown, false);
        await host.DrainedAsync(limit: Limit);
        Assert.Equal(Enumerable.Range(1, 300).Select(id => (long)id), host.Handled.Companies.Order());
        Assert.All(host.Handled.All, delivery => Assert.Equal(1, delivery.DeliveryCount));
    }

    [Fact]
    public async Task A_group_that_is_paused_stands_still_from_the_start_on_and_goes_on_when_it_is_resumed()
    {
        var stream = TestHost.NewStream();
        var paused = (RedisKey)new StreamKeys(stream).Paused;
        await redis.Database.HashSetAsync(paused, "g", "an operator");
        var log = new FakeLoggerProvider();
        await using var host = await TestHost.StartAsync(
            TestHost.Build(
                redis.Server,
                stream,
                streams: streams => streams.AddStreamConsumer("g").HandleEveryMessage<RecordingHandler>(),
                services: services => services.AddSingleton<ILoggerProvider>(log)
            )
        );

        await Eventually.Until(() => log.Collector.Count("is paused") == 1, Limit, Cancellation);
        await host.PublishAsync(1, 5);
        Assert.Equal((0, 5L), (host.Handled.All.Count, await LagAsync(host)));
        await redis.Database.HashDeleteAsync(paused, "g");
        await Eventually.Until(() => host.Handled.All.Count == 5, Limit, Cancellation);
        await host.DrainedAsync(limit: Limit);

        await redis.Database.HashSetAsync(paused, "g", "");
        await Eventually.Until(() => log.Collector.Count("is paused") == 2, Limit, Cancellation);
        await host.PublishAsync(6, 5);

        // A read that was blocked when the pause came may still fetch; nothing of it is begun.
        Assert.Equal(5, host.Handled.All.Count);
        await redis.Database.HashDeleteAsync(paused, "g");
        await Eventually.Until(() => host.Handled.All.Count == 10, Limit, Cancellation);
        Assert.Equal(2, log.Collector.Count("goes on"));
    }

    private static async Task<long?> LagAsync(TestHost host) =>
        (await host.Monitor.GetSnapshotAsync(Cancellation)).Groups.Single().Lag;
}
