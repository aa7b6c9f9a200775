using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RedisFlow.Domain;
using RedisFlow.Streams;
using RedisFlow.Verification;
using StackExchange.Redis;

namespace RedisFlow.Chaos.Processes;

/// <summary>
/// What publishers and workers have in common: an application with the stream engine, as a service would have it.
/// </summary>
internal static class ChildHost
{
    /// <summary>Builds an application of the groups <see cref="Roles.Groups"/>, which says what it does.</summary>
    /// <param name="connection">Redis.</param>
    /// <param name="instance">The instance id.</param>
    /// <param name="lease">The lease.</param>
    /// <param name="add">Adds what the process is for.</param>
    public static IHost Build(
        string connection,
        string instance,
        TimeSpan lease,
        Action<IServiceCollection, RedisStreamsBuilder> add
    )
    {
        var builder = CreateBuilder(connection, instance, lease, Roles.Groups);
        LogToConsole(builder);
        add(builder.Services, builder.AddRedisStreams("redis").AddMessages(DomainMessages.Files));
        return builder.Build();
    }

    /// <summary>
    /// Begins an application with a connection to Redis and the settings of its stream. It has no logs.
    /// </summary>
    public static HostApplicationBuilder CreateBuilder(
        string connection,
        string instance,
        TimeSpan lease,
        IReadOnlyList<string> groups
    )
    {
        var builder = StreamApplication.CreateBuilder(
            "chaos",
            Environments.Development,
            connection,
            Roles.Stream,
            instance,
            groups
        );
        builder.Configuration["Streams:LeaseDuration"] = lease.ToString();

        // It must be shorter than the lease, whose default is longer than that of a run.
        builder.Configuration["Streams:RetryDelay"] = (lease / 10).ToString();
        builder.Services.AddSingleton<IConnectionMultiplexer>(_ => Connect(connection));
        return builder;
    }

    /// <summary>
    /// Opens a connection for commands. What is sent while it is cut off waits: a source that refuses would leave
    /// little to judge.
    /// </summary>
    public static ConnectionMultiplexer Connect(string connection)
    {
        var options = ConfigurationOptions.Parse(connection);
        options.AbortOnConnectFail = false;
        options.ConnectRetry = 1;
        options.ReconnectRetryPolicy = new LinearRetry(500);
        options.ConnectTimeout = 2000;
        options.AsyncTimeout = 2000;
        return ConnectionMultiplexer.Connect(options);
    }

    /// <summary>What the application says goes where the harness keeps it.</summary>
    public static void LogToConsole(HostApplicationBuilder builder) =>
        builder
            .Logging.SetMinimumLevel(LogLevel.Information)
            .AddFilter("Microsoft", LogLevel.Warning)
            .AddSimpleConsole(console =>
            {
                console.SingleLine = true;
                console.TimestampFormat = "HH:mm:ss.fff ";
                console.UseUtcTimestamp = true;
            });
}
