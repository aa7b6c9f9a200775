using StackExchange.Redis;
using Xunit;

namespace RedisFlow.Testing;

/// <summary>A server for the tests of one class or assembly, and a connection to look into it. Each test uses streams, services or keys of its own.</summary>
public sealed class RedisFixture : IAsyncLifetime
{
    private RedisServer? _server;
    private ConnectionMultiplexer? _connection;

    /// <summary>The server.</summary>
    public RedisServer Server => _server ?? throw new InvalidOperationException("The fixture is not initialized.");

    /// <summary>A connection to it.</summary>
    public ConnectionMultiplexer Connection => _connection ?? throw new InvalidOperationException("The fixture is not initialized.");

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
        [.. await Connection.GetServers()[0].KeysAsync(pattern: pattern).Select(key => key.ToString()).ToHashSetAsync()];

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        _server = await RedisServer.StartAsync(TestContext.Current.CancellationToken);
        _connection = await _server.ConnectAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _connection?.Dispose();
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }
}
