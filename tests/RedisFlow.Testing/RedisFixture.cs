using StackExchange.Redis;
using Xunit;

namespace RedisFlow.Testing;

/// <summary>
/// A server, or what else <see cref="RedisTopologies"/> says, for the tests of one class or assembly, and a connection
/// to look into it. Each test uses streams, services or keys of its own.
/// </summary>
public sealed class RedisFixture : IAsyncLifetime
{
    /// <summary>No test here fails over what it shares: a machine that pauses must not do it either.</summary>
    private static readonly TimeSpan Never = TimeSpan.FromMinutes(10);

    private RedisDeployment? _server;
    private RedisServer? _single;
    private ConnectionMultiplexer? _connection;

    /// <summary>The server, the cluster, or what the Sentinels watch.</summary>
    public RedisDeployment Server => _server ?? throw new InvalidOperationException("The fixture is not initialized.");

    /// <summary>
    /// One server, whatever <see cref="Server"/> is: for tests of what one server does, e.g. behind a proxy or with
    /// another configuration.
    /// <see cref="Connection"/> does not lead to it where <see cref="Server"/> is another.
    /// </summary>
    public RedisServer OneServer => _single ?? throw new InvalidOperationException("The fixture is not initialized.");

    /// <summary>A connection to it.</summary>
    public ConnectionMultiplexer Connection =>
        _connection ?? throw new InvalidOperationException("The fixture is not initialized.");

    /// <summary>What commands are sent to.</summary>
    public IDatabase Database => Connection.GetDatabase();

    /// <summary>The server's clock, in Unix milliseconds.</summary>
    public async Task<ulong> NowAsync()
    {
        var time = (RedisResult[])(await Database.ExecuteAsync("TIME"))!;
        return ((ulong)time[0] * 1000) + ((ulong)time[1] / 1000);
    }

    /// <summary>Returns the keys that match a pattern, found with SCAN.</summary>
    /// <param name="pattern">The pattern, as of KEYS.</param>
    public async Task<string[]> KeysAsync(string pattern) =>
        [
            .. (
                await Task.WhenAll(
                    Connection
                        .GetServers()
                        .Where(server => !server.IsReplica)
                        .Select(server =>
                            server.KeysAsync(pattern: pattern).Select(key => key.ToString()).ToArrayAsync().AsTask()
                        )
                )
            )
                .SelectMany(keys => keys)
                .Distinct(),
        ];

    /// <summary>
    /// Sends a command, which may be an administrative one, to the server, or to every node of the cluster or of the
    /// replication.
    /// </summary>
    /// <param name="command">The command.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <returns>What each answered.</returns>
    public async Task<RedisResult[]> OnEveryNodeAsync(string command, params object[] arguments)
    {
        using var control = await Server.ConnectAsync(admin: true);
        return await Task.WhenAll(control.GetServers().Select(server => server.ExecuteAsync(command, arguments)));
    }

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        _single = await RedisServer.StartAsync(TestContext.Current.CancellationToken);
        _server = RedisTopologies.Current switch
        {
            RedisTopology.Cluster => await RedisCluster.StartAsync(
                cancellationToken: TestContext.Current.CancellationToken
            ),
            RedisTopology.Sentinel => await RedisSentinels.StartAsync(Never, TestContext.Current.CancellationToken),
            _ => _single,
        };
        _connection = await _server.ConnectAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _connection?.Dispose();
        if (_single is not null)
        {
            await _single.DisposeAsync();
        }

        if (_server is not null && _server != _single)
        {
            await _server.DisposeAsync();
        }
    }
}
