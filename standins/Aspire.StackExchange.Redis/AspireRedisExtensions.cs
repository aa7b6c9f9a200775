using Aspire.StackExchange.Redis;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Microsoft.Extensions.Hosting;

/// <summary>Registers Redis clients. StackExchange.Redis 1.2.6 traces no commands, so there is nothing for tracing to add.</summary>
public static class AspireRedisExtensions
{
    private const string SectionName = "Aspire:StackExchange:Redis";
    private const string HealthCheckName = "StackExchange.Redis";

    /// <summary>Registers a singleton <see cref="IConnectionMultiplexer"/>, connected at its first use, and its health check.</summary>
    public static void AddRedisClient(
        this IHostApplicationBuilder builder,
        string connectionName,
        Action<StackExchangeRedisSettings>? configureSettings = null,
        Action<ConfigurationOptions>? configureOptions = null) =>
        Add(builder, connectionName, serviceKey: null, configureSettings, configureOptions);

    /// <summary>As <see cref="AddRedisClient"/>, as a keyed service whose key is the connection's name.</summary>
    public static void AddKeyedRedisClient(
        this IHostApplicationBuilder builder,
        string name,
        Action<StackExchangeRedisSettings>? configureSettings = null,
        Action<ConfigurationOptions>? configureOptions = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        Add(builder, name, serviceKey: name, configureSettings, configureOptions);
    }

    private static void Add(
        IHostApplicationBuilder builder,
        string connectionName,
        string? serviceKey,
        Action<StackExchangeRedisSettings>? configureSettings,
        Action<ConfigurationOptions>? configureOptions)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(connectionName);

        var settings = ReadSettings(builder.Configuration, connectionName);
        configureSettings?.Invoke(settings);

        var optionsName = serviceKey is null ? Options.Options.DefaultName : connectionName;
        ConfigureOptions(builder, connectionName, optionsName, settings, configureOptions);

        if (serviceKey is null)
        {
            builder.Services.AddSingleton<IConnectionMultiplexer>(services => Connect(services, connectionName, optionsName));
        }
        else
        {
            builder.Services.AddKeyedSingleton<IConnectionMultiplexer>(
                serviceKey,
                (services, _) => Connect(services, connectionName, optionsName));
        }

        if (!settings.DisableAutoActivation)
        {
            builder.Services.AddHostedService(services => new ConnectionActivator(() => Resolve(services, serviceKey)));
        }

        if (!settings.DisableHealthChecks)
        {
            var name = serviceKey is null ? HealthCheckName : $"{HealthCheckName}_{connectionName}";
            AddHealthCheckOnce(builder, name, services => new RedisHealthCheck(() => Resolve(services, serviceKey)));
        }
    }

    private static StackExchangeRedisSettings ReadSettings(IConfiguration configuration, string connectionName)
    {
        var settings = new StackExchangeRedisSettings();
        var section = configuration.GetSection(SectionName);
        section.Bind(settings);
        section.GetSection(connectionName).Bind(settings);

        if (configuration.GetConnectionString(connectionName) is { } connectionString)
        {
            settings.ConnectionString = connectionString;
        }

        return settings;
    }

    private static void ConfigureOptions(
        IHostApplicationBuilder builder,
        string connectionName,
        string optionsName,
        StackExchangeRedisSettings settings,
        Action<ConfigurationOptions>? configureOptions)
    {
        var section = builder.Configuration.GetSection(SectionName);
        builder.Services.AddOptions<ConfigurationOptions>(optionsName).Configure(options =>
        {
            ConnectionStringParser.ParseInto(options, settings.ConnectionString);
            section.GetSection("ConfigurationOptions").Bind(options);
            section.GetSection(connectionName).GetSection("ConfigurationOptions").Bind(options);
            configureOptions?.Invoke(options);
        });
    }

    private static ConnectionMultiplexer Connect(IServiceProvider services, string connectionName, string optionsName)
    {
        var options = services.GetRequiredService<IOptionsMonitor<ConfigurationOptions>>().Get(optionsName);
        if (options.EndPoints.Count == 0)
        {
            throw new InvalidOperationException(
                $"No endpoints specified. Ensure a valid connection string was provided in 'ConnectionStrings:{connectionName}' "
                + $"or for the '{SectionName}:ConnectionString' configuration key.");
        }

        var connection = ConnectionMultiplexer.Connect(options);
        if (connection.IsConnected && !connection.GetDatabase().IsConnected("any"))
        {
            // A server that was too busy to answer the first question in time would not be used until the next check, a minute later.
            connection.Configure();
        }

        return connection;
    }

    private static IConnectionMultiplexer Resolve(IServiceProvider services, string? serviceKey) =>
        serviceKey is null
            ? services.GetRequiredService<IConnectionMultiplexer>()
            : services.GetRequiredKeyedService<IConnectionMultiplexer>(serviceKey);

    private static void AddHealthCheckOnce(IHostApplicationBuilder builder, string name, Func<IServiceProvider, IHealthCheck> create)
    {
        if (builder.Properties.TryAdd($"Aspire.HealthChecks.{name}", true))
        {
            builder.Services.AddHealthChecks().Add(new HealthCheckRegistration(name, create, failureStatus: null, tags: null));
        }
    }
}
