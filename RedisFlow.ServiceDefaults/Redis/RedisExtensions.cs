using RedisFlow.Domain;
using RedisFlow.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace Microsoft.Extensions.Hosting;

/// <summary>Adds the system's Redis.</summary>
public static class RedisExtensions
{
    /// <summary>
    /// Registers the shared <see cref="IConnectionMultiplexer"/> for <c>ConnectionStrings:redis</c>, with its health check. It fails quickly while
    /// Redis is down, and reconnects by itself.
    /// </summary>
    public static TBuilder AddRedis<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        builder.AddRedisClient(ResourceNames.Redis, configureOptions: Configure);
        return builder;
    }

    private static void Configure(ConfigurationOptions options)
    {
        // Start without Redis, and connect when it comes.
        options.AbortOnConnectFail = false;
        options.ConnectTimeout = (int)RedisTimeouts.Connect.TotalMilliseconds;
        options.SyncTimeout = (int)RedisTimeouts.Operation.TotalMilliseconds;
        options.ConnectRetry = 1;
        options.ReconnectRetryPolicy = new ExponentialRetry(deltaBackOffMilliseconds: 500, maxDeltaBackOffMilliseconds: 2000);
    }
}
