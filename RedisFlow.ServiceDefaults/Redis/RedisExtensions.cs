using Microsoft.Extensions.DependencyInjection;
using RedisFlow.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace Microsoft.Extensions.Hosting;

/// <summary>Adds the system's Redis.</summary>
public static class RedisExtensions
{
    // The client looks once a second whether it is time for another attempt.
    private const int ReconnectInterval = 500;

    /// <summary>
    /// Registers the shared <see cref="IConnectionMultiplexer"/> with its health check. It fails quickly while Redis is
    /// down, and reconnects by itself.
    /// </summary>
    /// <param name="builder">The service.</param>
    /// <param name="connectionName">The name of the connection string.</param>
    public static TBuilder AddRedis<TBuilder>(this TBuilder builder, string connectionName = "redis")
        where TBuilder : IHostApplicationBuilder
    {
        builder.AddRedisClient(connectionName, settings => settings.DisableHealthChecks = true, Configure);
        builder.Services.AddHealthChecks().AddCheck<RedisHealthCheck>(RedisHealthCheck.Name);
        return builder;
    }

    private static void Configure(ConfigurationOptions options)
    {
        // Start without Redis, and connect when it comes.
        options.AbortOnConnectFail = false;
        options.ConnectRetry = 1;
        options.ReconnectRetryPolicy = new LinearRetry(ReconnectInterval);

        // Long enough for a busy server, short enough that a request with Redis down still gets its answer.
        options.ConnectTimeout = 2000;
        options.SyncTimeout = 2000;
        options.AsyncTimeout = 2000;

        // What cannot be sent fails at once; see docs/decisions/0012.
        options.BacklogPolicy = BacklogPolicy.FailFast;

        // One connection instead of two: with RESP3, messages of subscriptions come over the one for commands.
        options.Protocol ??= RedisProtocol.Resp3;
    }
}
