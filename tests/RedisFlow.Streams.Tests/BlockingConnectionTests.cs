using RedisFlow.Streams.Redis;
using RedisFlow.Testing;
using StackExchange.Redis;

namespace RedisFlow.Streams.Tests;

public sealed class BlockingConnectionTests(RedisFixture redis) : IClassFixture<RedisFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_read_that_the_server_does_not_release_takes_nothing_after_its_end()
    {
        await using var control = await redis.OneServer.ConnectAsync(admin: true);
        var database = control.GetDatabase();
        RedisKey key = TestHost.NewStream();
        await database.ExecuteAsync("XGROUP", "CREATE", key, "g", "0", "MKSTREAM");
        await database.ExecuteAsync("ACL", "SETUSER", "default", "-client|unblock");
        try
        {
            await using var connection = new BlockingConnection(
                redis.OneServer.ConnectionString,
                "test",
                key,
                TimeProvider.System
            );
            using var end = CancellationTokenSource.CreateLinkedTokenSource(Stop);
            var read = connection.ReadAsync(
                "XREADGROUP",
                ["GROUP", "g", "c", "BLOCK", 120_000, "STREAMS", key, ">"],
                TimeSpan.FromMinutes(2),
                end.Token
            );
            await Eventually.Until(BlockedAsync, blocked => blocked == 1, cancellationToken: Stop);

            await end.CancelAsync();

            Assert.Null(await read);
            await Eventually.Until(BlockedAsync, blocked => blocked == 0, TimeSpan.FromSeconds(20), Stop);
        }
        finally
        {
            await database.ExecuteAsync("ACL", "SETUSER", "default", "+client|unblock");
        }

        async Task<int> BlockedAsync() =>
            (await control.GetServers()[0].InfoAsync("clients"))[0]
                .Where(line => line.Key == "blocked_clients")
                .Select(line => int.Parse(line.Value))
                .Single();
    }
}
