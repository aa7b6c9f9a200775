using RedisFlow.Testing;
using StackExchange.Redis;

[assembly: AssemblyFixture(typeof(RedisFlow.Caching.Tests.RedisFixture))]

namespace RedisFlow.Caching.Tests;

/// <summary>One Redis server for all tests that do not stop it; each test has a service name, and so keys, of its own.</summary>
public sealed class RedisFixture : IAsyncLifetime
{
    private RedisServer? _server;
    private ConnectionMultiplexer? _connection;

    public RedisServer Server => _server!;

    public ConnectionMultiplexer Connection => _connection!;

    public static string NewService() => "test-" + Guid.NewGuid().ToString("N");

    public async ValueTask InitializeAsync()
    {
        _server = await RedisServer.StartAsync();
        _connection = await _server.ConnectAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _connection?.Dispose();
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }
}
