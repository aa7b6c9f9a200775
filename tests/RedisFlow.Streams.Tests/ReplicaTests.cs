using Microsoft.Extensions.DependencyInjection;
using RedisFlow.Testing;
using StackExchange.Redis;

namespace RedisFlow.Streams.Tests;

/// <summary>
/// A replica may be behind what the master has confirmed: nothing that a promise rests on is read from it.
/// </summary>
public sealed class ReplicaTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    private RedisServer? _master;
    private RedisServer? _replica;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Both => $"127.0.0.1:{_master!.Port},{_replica!.ConnectionString}";

    public async ValueTask InitializeAsync()
    {
        _master = await RedisServer.StartAsync(Cancellation);
        _replica = await RedisServer.StartAsync(Cancellation);
        await _replica.ReplicateAsync(_master);
    }

    public async ValueTask DisposeAsync()
    {
        await _master!.DisposeAsync();
        await _replica!.DisposeAsync();
    }

    [Fact]
    public async Task Nothing_is_read_from_a_replica_while_the_master_is_away()
    {
        var stream = TestHost.NewStream();
        await using var host = await TestHost.StartAsync(
            TestHost.Build(
                _master!,
                stream,
                streams: streams => streams.AddStreamConsumer("g").HandleEveryMessage<RecordingHandler>(),
                settings: new() { ["ConnectionStrings:redis"] = Both },
                services: services =>
                    services.AddSingleton<IConnectionMultiplexer>(_ => ConnectionMultiplexer.Connect(Both))
            )
        );
        await host.PublishAsync(1, 5);
        await host.DrainedAsync();
        using var replica = await _replica!.ConnectAsync(admin: true);
        await HasAllAsync(replica);
        using var client = await ConnectionMultiplexer.ConnectAsync(Both);
        await _master!.KillAsync();

        // A client without demands is answered by the replica.
        await HasAllAsync(client);
        var administration = host.Services.GetRequiredService<IStreamAdministration>();
        await AssertRefusedAsync(() => host.Monitor.GetSnapshotAsync(Cancellation));
        await AssertRefusedAsync(() => administration.GetLatestMessagesAsync(cancellationToken: Cancellation));
        await AssertRefusedAsync(() => administration.GetPendingAsync("g", cancellationToken: Cancellation));
        await AssertRefusedAsync(() => administration.GetDeadLettersAsync(cancellationToken: Cancellation));

        Task HasAllAsync(ConnectionMultiplexer connection) =>
            Eventually.Until(
                async () => await connection.GetDatabase().StreamLengthAsync(new StreamKeys(stream).Stream),
                length => length == 5,
                cancellationToken: Cancellation
            );
    }

    private static async Task AssertRefusedAsync(Func<Task> read)
    {
        var refused = await Assert.ThrowsAnyAsync<Exception>(() => read().WaitAsync(Limit, Cancellation));
        Assert.True(refused is RedisConnectionException or RedisTimeoutException, refused.ToString());
    }
}
