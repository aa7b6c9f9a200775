using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RedisFlow.Domain;
using RedisFlow.Streams;
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
        var builder = Host.CreateEmptyApplicationBuilder(
            new HostApplicationBuilderSettings
            {
                ApplicationName = "chaos",
                EnvironmentName = Environments.Development,
                DisableDefaults = true,
            }
        );
        builder.Configuration.AddInMemoryCollection(
            groups.Select(
                (group, i) =>
                    KeyValuePair.Create(
                        string.Create(CultureInfo.InvariantCulture, $"Streams:Groups:{i}"),
                        (string?)group
                    )
            )
        );
        builder.Configuration.AddInMemoryCollection(
            new Dictionary<string, string?>
            {
                ["ConnectionStrings:redis"] = connection,
                ["Streams:Name"] = Roles.Stream,
                ["Streams:InstanceId"] = instance,
                ["Streams:LeaseDuration"] = lease.ToString(),

                // It must be shorter than the lease, whose default is longer than that of a run.
                ["Streams:RetryDelay"] = (lease / 10).ToString(),
            }
        );
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

    /// <summary>Tells the harness that the process works.</summary>
    /// <param name="announcement">What the harness must know about it.</param>
    public static void SayReady(string announcement = "") =>
        Console.WriteLine($"{Roles.ReadyLine} {announcement}".TrimEnd());

    /// <summary>
    /// Ends this process when the harness is gone, however it went: then its end of the pipe to standard input closes.
    /// </summary>
    public static void EndWithHarness() =>
        new Thread(() =>
        {
            try
            {
                while (Console.In.Read() >= 0)
                {
                    // The parent writes nothing; only the end of the pipe matters.
                }
            }
            finally
            {
                Environment.Exit(3);
            }
        })
        {
            IsBackground = true,
        }.Start();
}
