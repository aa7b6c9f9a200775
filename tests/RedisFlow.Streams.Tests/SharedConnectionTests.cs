using Microsoft.Extensions.DependencyInjection;
using RedisFlow.Testing;
using StackExchange.Redis;

namespace RedisFlow.Streams.Tests;

/// <summary>The application's own connection is cut off for good, although the server answers everybody else.</summary>
public sealed class SharedConnectionTests(RedisFixture redis) : IClassFixture<RedisFixture>, IAsyncLifetime
{
    private static readonly TimeSpan RecoveryLimit = TimeSpan.FromMinutes(2);

    private MutingProxy? _proxy;

    private MutingProxy Proxy => _proxy!;

    public ValueTask InitializeAsync()
    {
        _proxy = new MutingProxy(redis.OneServer.Port);
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => Proxy.DisposeAsync();

    [Fact]
    public async Task A_publisher_whose_connection_was_killed_and_whose_new_one_is_never_answered_publishes_again()
    {
        await using var host = await StartAsync();
        await SilenceSharedConnectionAsync();

        var position = await PublishSoonAsync(host);

        Assert.Equal(position, MessagePosition.Parse((string)((RedisResult[])(await LastEntryAsync(host))!)[0]!));
    }

    [Fact]
    public async Task A_worker_whose_shared_connection_is_never_answered_acknowledges_what_it_handles()
    {
        await using var host = await StartAsync(streams =>
            streams.AddStreamConsumer("g").HandleEveryMessage<RecordingHandler>()
        );
        await SilenceSharedConnectionAsync();

        await PublishSoonAsync(host);

        // By the test's own connection: what the application would say goes through the connection in question.
        await Eventually.Until(
            () => host.Database.ExecuteAsync("XPENDING", (RedisKey)Keys(host).Stream, "g"),
            pending => (long)((RedisResult[])pending!)[0] == 0 && host.Handled.Companies.Contains(1L),
            RecoveryLimit,
            TestContext.Current.CancellationToken
        );
    }

    private static StreamKeys Keys(TestHost host) =>
        new(host.Services.GetRequiredService<Microsoft.Extensions.Options.IOptions<StreamOptions>>().Value.Name);

    private static async Task<RedisResult> LastEntryAsync(TestHost host) =>
        (
            (RedisResult[])
                (await host.Database.ExecuteAsync("XREVRANGE", (RedisKey)Keys(host).Stream, "+", "-", "COUNT", 1))!
        )[0];

    private static Task<MessagePosition> PublishSoonAsync(TestHost host) =>
        Eventually.Until(
            () => host.Publisher.PublishAsync(TestHost.Renamed(1), TestContext.Current.CancellationToken),
            _ => true,
            RecoveryLimit,
            TestContext.Current.CancellationToken
        );

    /// <summary>
    /// Without a keep-alive the client library never finds out about a connection that is never answered. The engine
    /// has the address of the same proxy, which serves connections that are opened later.
    /// </summary>
    private async Task<TestHost> StartAsync(Action<RedisStreamsBuilder>? streams = null)
    {
        var address = $"127.0.0.1:{Proxy.Port},abortConnect=false,connectTimeout=2000,keepAlive=6000";
        var connection = await ConnectionMultiplexer.ConnectAsync(address);
        var host = await TestHost.StartAsync(
            TestHost.Build(
                redis.OneServer,
                TestHost.NewStream(),
                "solo",
                streams,
                new() { ["ConnectionStrings:redis"] = address },
                services => services.AddSingleton<IConnectionMultiplexer>(connection)
            )
        );
        await host.PublishAsync(1, 1);
        return host;
    }

    private async Task SilenceSharedConnectionAsync()
    {
        Proxy.Mute();
        await Eventually.Until(() => Proxy.Silent >= 2, RecoveryLimit, TestContext.Current.CancellationToken);
        Proxy.Unmute();
    }
}
