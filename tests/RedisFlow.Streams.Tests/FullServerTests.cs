using RedisFlow.Testing;
using StackExchange.Redis;

namespace RedisFlow.Streams.Tests;

/// <summary>A server that refuses writes for now: its memory is full, or it has too few replicas.</summary>
public sealed class FullServerTests(RedisFixture redis) : IClassFixture<RedisFixture>, IAsyncLifetime
{
    private ConnectionMultiplexer? _control;

    private IDatabase Database => _control!.GetDatabase();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _control = await redis.OneServer.ConnectAsync(admin: true);

    public ValueTask DisposeAsync() => _control!.DisposeAsync();

    // https://github.com/redis/redis-om-dotnet/issues/443
    // https://github.com/debezium/debezium/issues/3246
    // https://github.com/StackExchange/StackExchange.Redis/issues/1520
    [Trait("Suite", "Reported faults")]
    [Theory]
    [InlineData("maxmemory", "1", "0")]
    [InlineData("min-replicas-to-write", "1", "0")]
    public async Task A_transaction_of_a_handler_that_is_refused_costs_no_attempt(
        string setting,
        string refusing,
        string usual
    )
    {
        var stream = TestHost.NewStream();
        var key = (RedisKey)$"{stream}:written";
        var refused = 0;
        await using var host = await TestHost.StartConsumerAsync(
            redis.OneServer,
            stream,
            behave: async (_, _) =>
            {
                // The first attempts meet a server that refuses, whatever else happens on it meanwhile.
                if (refused < 3)
                {
                    await SetAsync(setting, refusing);
                }

                try
                {
                    var transaction = Database.CreateTransaction();
                    _ = transaction.StringSetAsync(key, "x");
                    await transaction.ExecuteAsync();
                }
                catch (RedisServerException)
                {
                    refused++;
                    throw;
                }
                finally
                {
                    await SetAsync(setting, usual);
                }
            },
            settings: new() { ["Streams:MaxDeliveries"] = "2" }
        );

        await host.Publisher.PublishAsync(TestHost.Renamed(1), Cancellation);
        await host.DrainedAsync();

        Assert.Equal(3, refused);
        Assert.Equal([1L], host.Handled.Companies);
        Assert.Equal(0, await Database.StreamLengthAsync(new StreamKeys(stream).Dead));
        Assert.Equal("x", await Database.StringGetAsync(key));
    }

    // https://github.com/grouparoo/grouparoo/issues/913
    // https://github.com/redis/redis/issues/6576
    [Trait("Suite", "Reported faults")]
    [Fact]
    public async Task A_worker_that_starts_while_the_server_is_full_consumes_what_waits()
    {
        var stream = TestHost.NewStream();
        await using (var before = await TestHost.StartConsumerAsync(redis.OneServer, stream, "before"))
        {
            await before.PublishAsync(1, 1);
            await before.DrainedAsync();
        }

        await using var publisher = await TestHost.StartPublisherAsync(redis.OneServer, stream);
        await publisher.PublishAsync(2, 20);
        await SetAsync("maxmemory", "1");
        try
        {
            await using var host = await TestHost.StartConsumerAsync(redis.OneServer, stream, "after");
            await host.DrainedAsync();

            Assert.Equal(Enumerable.Range(2, 20).Select(id => (long)id), host.Handled.Companies.Order());
        }
        finally
        {
            await SetAsync("maxmemory", "0");
        }
    }

    private Task<RedisResult> SetAsync(string setting, string value) =>
        Database.ExecuteAsync("CONFIG", "SET", setting, value);
}
