using RedisFlow.Streams.EntityFrameworkCore.Tests;
using RedisFlow.Testing;

[assembly: AssemblyFixture(typeof(Servers))]

namespace RedisFlow.Streams.EntityFrameworkCore.Tests;

/// <summary>The servers that tests share which stop none of them.</summary>
public sealed class Servers : IAsyncLifetime
{
    private PostgresServer? _postgres;
    private RedisServer? _redis;

    public PostgresServer Postgres => _postgres ?? throw new InvalidOperationException("Not initialized.");

    public RedisServer Redis => _redis ?? throw new InvalidOperationException("Not initialized.");

    public async ValueTask InitializeAsync()
    {
        _postgres = await PostgresServer.StartAsync(TestContext.Current.CancellationToken);
        _redis = await RedisServer.StartAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (_postgres is not null)
        {
            await _postgres.DisposeAsync();
        }

        if (_redis is not null)
        {
            await _redis.DisposeAsync();
        }
    }
}
