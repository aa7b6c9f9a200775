using RedisFlow.Streams.Redis;
using RedisFlow.Testing;
using StackExchange.Redis;

namespace RedisFlow.Streams.Tests.Topologies;

/// <summary>On a cluster, what has no key goes to the server that has the stream.</summary>
public sealed class OwnServerTests(OwnServerTests.Cluster cluster) : IClassFixture<OwnServerTests.Cluster>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<int> Streams => [.. Enumerable.Range(0, 8)];

    [Theory]
    [MemberData(nameof(Streams))]
    public async Task A_blocked_read_is_on_its_streams_server_alone_and_a_stop_releases_it(int number)
    {
        RedisKey key = $"{{{TestHost.NewStream()}}}:stream";
        var name = $"reader-{number}";
        var owner = await cluster.Redis.OwnerOfAsync(key!, Cancellation);
        await using var connection = new BlockingConnection(
            cluster.Redis.ConnectionString,
            name,
            key,
            TimeProvider.System
        );
        using var stop = new CancellationTokenSource();
        var read = connection.ReadAsync(
            "XREAD",
            ["BLOCK", 60_000, "STREAMS", key, "0"],
            TimeSpan.FromMinutes(1),
            stop.Token
        );
        await Eventually.Until(
            async () =>
                (await ClientsAsync(owner, name)).Any(client => client.Contains("cmd=xread", StringComparison.Ordinal)),
            cancellationToken: Cancellation
        );
        foreach (var other in cluster.Redis.Nodes.Where(node => node != owner))
        {
            await Eventually.Until(
                async () => (await ClientsAsync(other, name)).Length == 0,
                cancellationToken: Cancellation
            );
        }

        await stop.CancelAsync();

        // Without a release there is no reply at all.
        Assert.NotNull(await read);
    }

    private static async Task<string[]> ClientsAsync(RedisServer server, string name) =>
        [
            .. (await server.AskAsync(["CLIENT", "LIST"], Cancellation))[0]
                .Split('\n')
                .Where(line => line.Contains($"name={name} ", StringComparison.Ordinal)),
        ];

    public sealed class Cluster : IAsyncLifetime
    {
        private RedisCluster? _redis;

        public RedisCluster Redis => _redis!;

        public async ValueTask InitializeAsync() =>
            _redis = await RedisCluster.StartAsync(cancellationToken: Cancellation);

        public ValueTask DisposeAsync() => _redis!.DisposeAsync();
    }
}
