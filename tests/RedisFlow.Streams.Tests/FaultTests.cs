using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using RedisFlow.Testing;
using StackExchange.Redis;

namespace RedisFlow.Streams.Tests;

/// <summary>Faults of Redis. Each test has a server of its own, since it breaks it.</summary>
public sealed class FaultTests : IAsyncLifetime
{
    private static readonly TimeSpan RecoveryLimit = TimeSpan.FromMinutes(2);

    private RedisServer? _server;

    private RedisServer Server => _server!;

    public async ValueTask InitializeAsync() =>
        _server = await RedisServer.StartAsync(TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => Server.DisposeAsync();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Redis_ends_and_returns_and_the_worker_goes_on_without_loss(bool kill)
    {
        var stream = TestHost.NewStream();
        await using var host = await TestHost.StartConsumerAsync(Server, stream);
        await host.PublishAsync(1, 50);
        await host.DrainedAsync();

        // appendfsync everysec: what was published within the last second may die with a killed server, so let it be
        // written.
        await host.Database.ExecuteAsync("CONFIG", "SET", "appendfsync", "always");
        await host.PublishAsync(51, 50);
        await (kill ? Server.KillAsync() : Server.StopAsync());
        var refused = await Assert.ThrowsAsync<StreamPublishException>(() =>
            host.Publisher.PublishAsync(TestHost.Renamed(0), TestContext.Current.CancellationToken)
        );
        Assert.IsAssignableFrom<Exception>(refused.InnerException);
        await Server.RestartAsync(TestContext.Current.CancellationToken);

        await PublishSoonAsync(host, 101);
        await host.DrainedAsync(limit: RecoveryLimit);
        Assert.Equal(
            Enumerable.Range(1, 101).Select(id => (long)id),
            host.Handled.Companies.Where(id => id > 0).Distinct().Order()
        );
    }

    [Fact]
    public async Task An_application_starts_while_Redis_is_down_and_works_once_it_is_there()
    {
        var stream = TestHost.NewStream();
        await Server.StopAsync();
        await using var host = await TestHost.StartAsync(
            TestHost.Build(
                Server,
                stream,
                streams: streams =>
                    streams.AddStreamTail().AddStreamConsumer("g").HandleEveryMessage<RecordingHandler>()
            )
        );

        await Server.RestartAsync(TestContext.Current.CancellationToken);
        var position = await PublishSoonAsync(host, 1);

        await host.DrainedAsync(limit: RecoveryLimit);
        Assert.Contains(1L, host.Handled.Companies);
        await host
            .Tail.WaitUntilAppliedAsync(position, TestContext.Current.CancellationToken)
            .WaitAsync(RecoveryLimit, TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData("XGROUP DESTROY")]
    [InlineData("DEL")]
    [InlineData("FLUSHALL")]
    public async Task A_group_that_vanished_is_created_anew_and_nothing_published_afterwards_is_missed(string how)
    {
        var stream = TestHost.NewStream();
        var keys = new StreamKeys(stream);
        await using var host = await TestHost.StartConsumerAsync(
            Server,
            stream,
            settings: new() { ["Streams:LeaseDuration"] = "00:00:01" }
        );
        await host.PublishAsync(1, 20);
        await host.DrainedAsync();

        await (
            how switch
            {
                "XGROUP DESTROY" => host.Database.ExecuteAsync("XGROUP", "DESTROY", (RedisKey)keys.Stream, "g"),
                "DEL" => host.Database.ExecuteAsync("DEL", (RedisKey)keys.Stream),
                _ => host.Database.ExecuteAsync("FLUSHALL"),
            }
        );
        await host.PublishAsync(21, 20);

        await Eventually.Until(
            () => host.Handled.Companies.Distinct().Count() == 40,
            RecoveryLimit,
            TestContext.Current.CancellationToken
        );
        await host.DrainedAsync();
        Assert.True(await host.Database.HashExistsAsync(keys.Groups, "g"));
    }

    // https://github.com/redis/redis/issues/6887
    [Trait("Suite", "Reported faults")]
    [Fact]
    public async Task A_server_that_becomes_a_replica_for_a_while_is_no_missing_group()
    {
        using var log = new FakeLoggerProvider();
        var stream = TestHost.NewStream();
        await using var host = await TestHost.StartAsync(
            TestHost.Build(
                Server,
                stream,
                streams: streams => streams.AddStreamConsumer("g").HandleEveryMessage<RecordingHandler>(),
                services: services => services.AddLogging(logging => logging.AddProvider(log))
            )
        );
        await host.PublishAsync(1, 1);
        await host.DrainedAsync();
        using var control = await Server.ConnectAsync(admin: true);

        await control.GetDatabase().ExecuteAsync("REPLICAOF", "127.0.0.1", "1");
        await Eventually.Until(
            () => log.Collector.GetSnapshot().Any(IsUnblocked),
            cancellationToken: TestContext.Current.CancellationToken
        );
        await control.GetDatabase().ExecuteAsync("REPLICAOF", "NO", "ONE");
        await PublishSoonAsync(host, 2);

        await host.DrainedAsync(limit: RecoveryLimit);
        Assert.Contains(2L, host.Handled.Companies);
        Assert.Equal(0, log.Collector.Count("is missing"));

        static bool IsUnblocked(FakeLogRecord line) =>
            line.Exception?.Message.StartsWith("UNBLOCKED", StringComparison.Ordinal) == true;
    }

    [Fact]
    public async Task A_missing_group_makes_no_hot_loop()
    {
        var stream = TestHost.NewStream();
        await using var host = await TestHost.StartConsumerAsync(Server, stream);
        await host.PublishAsync(1, 1);
        await host.DrainedAsync();

        // A key of another type cannot be healed; the worker must keep trying, but not hundreds of times a second.
        await host.Database.KeyDeleteAsync(new StreamKeys(stream).Stream);
        await host.Database.StringSetAsync(new StreamKeys(stream).Stream, "in the way");
        var before = await CommandsAsync(host);
        var clock = Stopwatch.StartNew();
        await Eventually.Until(
            () => clock.Elapsed > TimeSpan.FromSeconds(3),
            cancellationToken: TestContext.Current.CancellationToken
        );
        Assert.InRange((await CommandsAsync(host) - before) / clock.Elapsed.TotalSeconds, 0.1, 50);

        await host.Database.KeyDeleteAsync(new StreamKeys(stream).Stream);
        await host.PublishAsync(2, 1);
        await Eventually.Until(
            () => host.Handled.Companies.Contains(2),
            RecoveryLimit,
            TestContext.Current.CancellationToken
        );
    }

    [Fact]
    public async Task Killed_connections_lose_nothing()
    {
        var stream = TestHost.NewStream();
        await using var host = await TestHost.StartConsumerAsync(
            Server,
            stream,
            settings: new() { ["Streams:LeaseDuration"] = "00:10:00" }
        );
        using var control = await Server.ConnectAsync(admin: true);
        for (var round = 0; round < 4; round++)
        {
            foreach (var id in Enumerable.Range(1 + (round * 25), 25))
            {
                await PublishSoonAsync(host, id);
            }

            await control.GetDatabase().ExecuteAsync("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
        }

        await host.DrainedAsync(limit: RecoveryLimit);
        Assert.Equal(Enumerable.Range(1, 100).Select(id => (long)id), host.Handled.Companies.Distinct().Order());
    }

    [Fact]
    public async Task What_a_read_was_given_whose_reply_got_lost_is_replayed_after_the_reconnect_and_costs_no_attempt()
    {
        var stream = TestHost.NewStream();
        await using var host = await TestHost.StartConsumerAsync(
            Server,
            stream,
            settings: new() { ["Streams:LeaseDuration"] = "00:10:00" }
        );
        await host.PublishAsync(1, 1);
        await host.DrainedAsync();
        var message = await EnvelopeAsync(stream);

        // One script: the entry is delivered to the worker's own name, while the worker's blocked read sees nothing.
        using var control = await Server.ConnectAsync(admin: true);
        await control
            .GetDatabase()
            .ExecuteAsync(
                "EVAL",
                "redis.call('XADD', KEYS[1], '*', 'data', ARGV[1]) redis.call('XREADGROUP', 'GROUP', 'g', 'a', "
                    + "'STREAMS', KEYS[1], '>')",
                1,
                (RedisKey)new StreamKeys(stream).Stream,
                message
            );
        await control.GetDatabase().ExecuteAsync("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");

        await host.DrainedAsync(limit: RecoveryLimit);
        Assert.Equal([1L, 1L], host.Handled.All.Select(d => d.DeliveryCount));
        Assert.Equal([1L, 1L], host.Handled.Companies);

        async Task<byte[]> EnvelopeAsync(string name)
        {
            var entry = (
                (RedisResult[]?)
                    await host.Database.ExecuteAsync("XRANGE", (RedisKey)new StreamKeys(name).Stream, "-", "+")
            )![0];
            var fields = (RedisResult[]?)((RedisResult[]?)entry)![1];
            return ((byte[]?)fields![1])!;
        }
    }

    [Fact]
    public async Task A_server_that_was_frozen_while_the_application_connected_is_used_once_it_answers()
    {
        var stream = TestHost.NewStream();
        await ProcessSignal.SendAsync("STOP", Server.ProcessId, TestContext.Current.CancellationToken);
        TestHost host;
        try
        {
            host = await TestHost.StartAsync(
                TestHost.Build(
                    Server,
                    stream,
                    streams: streams => streams.AddStreamConsumer("g").HandleEveryMessage<RecordingHandler>(),
                    services: services =>
                        services.AddSingleton<IConnectionMultiplexer>(_ =>
                            ConnectionMultiplexer.Connect(Server.ConnectionString)
                        )
                )
            );

            // The library gives up its first question now.
            await Task.Run(
                host.Services.GetRequiredService<IConnectionMultiplexer>,
                TestContext.Current.CancellationToken
            );
        }
        finally
        {
            await ProcessSignal.SendAsync("CONT", Server.ProcessId, TestContext.Current.CancellationToken);
        }

        await using (host)
        {
            // Well below the minute after which the library looks at the server again by itself.
            var limit = TimeSpan.FromSeconds(30);
            await Eventually.Until(
                () => host.Publisher.PublishAsync(TestHost.Renamed(1)),
                _ => true,
                limit,
                TestContext.Current.CancellationToken
            );
            await Eventually.Until(
                () => host.Handled.Companies.Contains(1L),
                limit,
                TestContext.Current.CancellationToken
            );
        }
    }

    [Fact]
    public async Task A_frozen_server_is_survived()
    {
        var stream = TestHost.NewStream();
        await using var host = await TestHost.StartConsumerAsync(Server, stream);
        await host.PublishAsync(1, 10);
        await host.DrainedAsync();

        await ProcessSignal.SendAsync("STOP", Server.ProcessId, TestContext.Current.CancellationToken);
        try
        {
            await Assert.ThrowsAsync<StreamPublishException>(() =>
                host
                    .Publisher.PublishAsync(TestHost.Renamed(0), TestContext.Current.CancellationToken)
                    .WaitAsync(RecoveryLimit, TestContext.Current.CancellationToken)
            );
        }
        finally
        {
            await ProcessSignal.SendAsync("CONT", Server.ProcessId, TestContext.Current.CancellationToken);
        }

        await PublishSoonAsync(host, 11);
        await host.DrainedAsync(limit: RecoveryLimit);
        Assert.Equal(
            Enumerable.Range(1, 11).Select(id => (long)id),
            host.Handled.Companies.Where(id => id > 0).Distinct().Order()
        );
    }

    private static Task<MessagePosition> PublishSoonAsync(TestHost host, int id) =>
        Eventually.Until(
            () => host.Publisher.PublishAsync(TestHost.Renamed(id)),
            _ => true,
            RecoveryLimit,
            TestContext.Current.CancellationToken
        );

    private static async Task<long> CommandsAsync(TestHost host)
    {
        var info = (string?)await host.Database.ExecuteAsync("INFO", "stats");
        var line = info!.Split('\n').Single(l => l.StartsWith("total_commands_processed:", StringComparison.Ordinal));
        return long.Parse(line.Split(':')[1], CultureInfo.InvariantCulture);
    }
}
