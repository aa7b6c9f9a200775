using RedisFlow.Testing;

[assembly: AssemblyFixture(typeof(RedisFlow.Docs.Tests.Samples.RedisFixture))]

namespace RedisFlow.Docs.Tests.Samples;

/// <summary>A server for all samples. Each uses streams of its own.</summary>
public sealed class RedisFixture : IAsyncLifetime
{
    private RedisServer? _server;

    public RedisServer Server => _server ?? throw new InvalidOperationException("The fixture is not initialized.");

    public async ValueTask InitializeAsync() => _server = await RedisServer.StartAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }
}
