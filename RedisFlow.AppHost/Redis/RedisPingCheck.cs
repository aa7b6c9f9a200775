using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using StackExchange.Redis;

namespace RedisFlow.AppHost;

/// <summary>Healthy when the server answers PING, i.e. has loaded its data and accepts the password.</summary>
internal sealed class RedisPingCheck(RedisServerResource server) : IHealthCheck, IAsyncDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim _connecting = new(1, 1);
    private ConnectionMultiplexer? _connection;

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            var connection = await ConnectAsync(cancellationToken);
            var latency = await connection.GetDatabase().PingAsync().WaitAsync(Timeout, cancellationToken);
            return HealthCheckResult.Healthy($"PING answered in {latency.TotalMilliseconds:0.0} ms.");
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException)
        {
            return new HealthCheckResult(context.Registration.FailureStatus, "The server does not answer PING.", exception);
        }
    }

    public ValueTask DisposeAsync()
    {
        _connection?.Dispose();
        _connecting.Dispose();
        return ValueTask.CompletedTask;
    }

    // One connection for all checks; the client reconnects by itself when the server comes back.
    private async Task<ConnectionMultiplexer> ConnectAsync(CancellationToken cancellationToken)
    {
        await _connecting.WaitAsync(cancellationToken);
        try
        {
            if (_connection is null)
            {
                var text = await ((IResourceWithConnectionString)server).GetConnectionStringAsync(cancellationToken);
                var options = ConfigurationOptions.Parse(text!, ignoreUnknown: true);
                options.AbortOnConnectFail = false;
                options.ConnectTimeout = (int)Timeout.TotalMilliseconds;
                _connection = await ConnectionMultiplexer.ConnectAsync(options);
            }

            return _connection;
        }
        finally
        {
            _connecting.Release();
        }
    }
}

internal static class RedisPingCheckExtensions
{
    public static IResourceBuilder<RedisServerResource> WithRedisPingCheck(
        this IResourceBuilder<RedisServerResource> builder,
        RedisServerResource server)
    {
        var key = $"{server.Name}_check";
        builder.ApplicationBuilder.Services.AddSingleton(_ => new RedisPingCheck(server));
        builder.ApplicationBuilder.Services.AddHealthChecks().Add(new HealthCheckRegistration(
            key, services => services.GetRequiredService<RedisPingCheck>(), HealthStatus.Unhealthy, tags: null));
        return builder.WithHealthCheck(key);
    }
}
