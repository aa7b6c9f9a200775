using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using RedisFlow.Testing;
using StackExchange.Redis;

namespace RedisFlow.Streams.Tests;

/// <summary>Workers that were given one instance id, by mistake or one after the other.</summary>
public sealed class OneNameTests(RedisFixture redis) : IClassFixture<RedisFixture>
{
    private const int Lanes = 4;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <remarks>
    /// https://github.com/prwnr/laravel-streamer/issues/64, https://github.com/redis/redis/issues/11543.
    /// </remarks>
    [Fact]
    [Trait("Suite", "Reported faults")]
    public async Task Of_two_workers_with_one_name_one_handles_the_messages_and_both_say_what_to_set()
    {
        var stream = TestHost.NewStream();
        using var olderLog = new FakeLoggerProvider();
        using var newerLog = new FakeLoggerProvider();

        // The older worker handles a few, and is in the middle of others until it notices.
        const int Few = 12;
        using var few = new SemaphoreSlim(Few);
        await using var older = await StartAsync(stream, olderLog, behave: few.WaitAsync);
        await older.PublishAsync(1, 200);
        await Eventually.Until(
            () => older.Monitor.GetSnapshotAsync(Stop),
            s => s.Groups[0].Pending + s.Groups[0].Lag == 200 - Few,
            cancellationToken: Stop
        );

        await using var newer = await StartAsync(stream, newerLog);
        await Eventually.Until(
            () => olderLog.Collector.Contains(LogLevel.Error, "Streams:InstanceId"),
            cancellationToken: Stop
        );
        few.Release(500);
        await older.PublishAsync(201, 300);

        await older.DrainedAsync();
        var handled = older.Handled.Companies.Concat(newer.Handled.Companies).ToArray();
        Assert.Equal(Enumerable.Range(1, 500).Select(id => (long)id), handled.Distinct().Order());

        // What its handlers were about when it noticed.
        Assert.InRange(handled.Length, 500, 500 + Lanes);
        Assert.DoesNotContain(older.Handled.Companies, id => id > 200);
        await Eventually.Until(
            () => newerLog.Collector.Contains(LogLevel.Error, "Streams:InstanceId"),
            cancellationToken: Stop
        );
        Assert.Contains(
            "process",
            Assert.Single((await older.DrainedAsync()).Consumers).Rival,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task The_one_that_stands_by_goes_on_when_the_other_one_stops()
    {
        var stream = TestHost.NewStream();
        using var log = new FakeLoggerProvider();
        await using var older = await StartAsync(stream, log);
        await Eventually.Until(() => TokenAsync(stream), token => !token.IsNull, cancellationToken: Stop);
        await using (var newer = await StartAsync(stream))
        {
            await Eventually.Until(() => log.Collector.Contains(LogLevel.Error, "stands by"), cancellationToken: Stop);
            await older.PublishAsync(1, 20);
            await newer.DrainedAsync();
            Assert.Empty(older.Handled.All);
        }

        await older.PublishAsync(21, 20);

        await older.DrainedAsync();
        Assert.Equal(Enumerable.Range(21, 20).Select(id => (long)id), older.Handled.Companies.Order());
        Assert.True(log.Collector.Contains(LogLevel.Warning, "goes on"));
    }

    [Fact]
    public async Task The_one_that_stands_by_goes_on_when_the_other_one_dies_and_handles_what_that_left()
    {
        var stream = TestHost.NewStream();
        using var log = new FakeLoggerProvider();
        await using var host = await StartAsync(stream, log, "00:00:01");
        await Eventually.Until(() => TokenAsync(stream), token => !token.IsNull, cancellationToken: Stop);

        // A worker that takes the name and a message, and is never heard of again.
        await redis.Database.HashSetAsync(Key(stream), "token", "another");
        await Eventually.Until(() => log.Collector.Contains(LogLevel.Error, "stands by"), cancellationToken: Stop);
        await host.PublishAsync(1, 5);
        await redis.Database.ExecuteAsync(
            "XREADGROUP",
            "GROUP",
            "g",
            "same",
            "COUNT",
            2,
            "STREAMS",
            (RedisKey)new StreamKeys(stream).Stream,
            ">"
        );

        await host.DrainedAsync();
        Assert.Equal(Enumerable.Range(1, 5).Select(id => (long)id), host.Handled.Companies.Order());
    }

    [Fact]
    public async Task A_worker_that_starts_again_after_a_crash_soon_goes_on_and_reports_nobody()
    {
        var stream = TestHost.NewStream();
        using var log = new FakeLoggerProvider();
        await redis.Database.HashSetAsync(
            Key(stream),
            [new("token", "that of the process that was killed"), new("holder", "process 1 on host")]
        );
        await redis.Database.KeyExpireAsync(Key(stream), TimeSpan.FromDays(30));

        await using var host = await StartAsync(stream, log);
        await host.PublishAsync(1, 5);

        await host.DrainedAsync(limit: TimeSpan.FromSeconds(20));
        Assert.DoesNotContain(log.Collector.GetSnapshot(), line => line.Level >= LogLevel.Error);
        Assert.Null(Assert.Single((await host.DrainedAsync()).Consumers).Rival);
    }

    [Fact]
    public async Task A_name_that_Redis_forgot_is_taken_again_and_so_is_one_that_a_failover_took_back()
    {
        var stream = TestHost.NewStream();
        using var log = new FakeLoggerProvider();
        await redis.Database.HashSetAsync(Key(stream), "token", "former");
        await using var host = await StartAsync(stream, log);
        var first = await Eventually.Until(
            () => TokenAsync(stream),
            token => token != "former",
            cancellationToken: Stop
        );

        await redis.Database.HashSetAsync(Key(stream), "token", "former");
        var second = await Eventually.Until(
            () => TokenAsync(stream),
            token => token != "former",
            cancellationToken: Stop
        );
        await redis.Database.KeyDeleteAsync(Key(stream));
        var third = await Eventually.Until(() => TokenAsync(stream), token => !token.IsNull, cancellationToken: Stop);

        Assert.Equal((first, first), (second, third));
        await host.PublishAsync(1, 5);
        await host.DrainedAsync();
        Assert.DoesNotContain(log.Collector.GetSnapshot(), line => line.Level >= LogLevel.Error);
    }

    [Fact]
    public async Task A_worker_that_waits_for_messages_gives_signs_of_life()
    {
        var stream = TestHost.NewStream();
        await using var host = await StartAsync(stream, lease: "00:00:02");
        await host.PublishAsync(1, 1);
        await host.DrainedAsync();
        var began = await redis.NowAsync();
        await Eventually.Until(redis.NowAsync, now => now - began > 4_000, cancellationToken: Stop);

        await Assert.ThrowsAsync<InvalidOperationException>(() =>
            host.Services.GetRequiredService<IStreamAdministration>().RetireGroupAsync("g", Stop)
        );

        await host.StopAsync();
        Assert.True((await TokenAsync(stream)).IsNull);
    }

    private static RedisKey Key(string stream) => new StreamKeys(stream).Consumer("g", "same");

    private Task<RedisValue> TokenAsync(string stream) => redis.Database.HashGetAsync(Key(stream), "token");

    private Task<TestHost> StartAsync(
        string stream,
        FakeLoggerProvider? log = null,
        string lease = "00:00:30",
        Func<CancellationToken, Task>? behave = null
    ) =>
        TestHost.StartAsync(
            TestHost.Build(
                redis.Server,
                stream,
                "same",
                streams => streams.AddStreamConsumer("g").HandleEveryMessage<RecordingHandler>(),
                new() { ["Streams:LeaseDuration"] = lease, ["Streams:MaxConcurrency"] = $"{Lanes}" },
                services =>
                    services.AddLogging(logging =>
                    {
                        if (log is not null)
                        {
                            logging.AddProvider(log);
                        }
                    })
            ),
            (_, cancellation) => behave?.Invoke(cancellation) ?? Task.Delay(30, cancellation)
        );
}
