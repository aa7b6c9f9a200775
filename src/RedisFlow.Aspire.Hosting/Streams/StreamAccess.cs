using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RedisFlow.Streams;
using StackExchange.Redis;

namespace RedisFlow.Aspire.Hosting;

/// <summary>
/// The engine's operators' side over a connection of the AppHost's own: it declares, consumes and publishes nothing.
/// Its settings are the section <c>Streams</c> of the AppHost's configuration, of which the stream's name must be that
/// of the services.
/// </summary>
internal sealed class StreamAccess(StreamResource stream, IConfiguration configuration, ILoggerFactory loggers)
    : IDisposable
{
    private readonly SemaphoreSlim _opening = new(1, 1);
    private IHost? _engine;

    public async Task<IStreamMonitor> GetMonitorAsync(CancellationToken cancellationToken) =>
        (await OpenAsync(cancellationToken)).GetRequiredKeyedService<IStreamMonitor>(stream.Key);

    public async Task<IStreamAdministration> GetAdministrationAsync(CancellationToken cancellationToken) =>
        (await OpenAsync(cancellationToken)).GetRequiredKeyedService<IStreamAdministration>(stream.Key);

    /// <summary>Whether the configuration names the stream's groups.</summary>
    public static bool NamesGroups(StreamResource stream, IConfiguration configuration) =>
        configuration.GetSection($"{stream.ConfigurationSection}:Groups").GetChildren().Any();

    /// <summary>Asks the engine's health check for groups without progress.</summary>
    public async Task<HealthReportEntry> CheckLagAsync(CancellationToken cancellationToken)
    {
        var engine = await OpenAsync(cancellationToken);
        var report = await engine.GetRequiredService<HealthCheckService>().CheckHealthAsync(cancellationToken);
        return report.Entries.Values.Single();
    }

    public void Dispose()
    {
        _engine?.Dispose();
        _opening.Dispose();
    }

    /// <summary>Waits until Redis has its address; it need not answer yet.</summary>
    private async Task<IServiceProvider> OpenAsync(CancellationToken cancellationToken)
    {
        await _opening.WaitAsync(cancellationToken);
        try
        {
            _engine ??= await BuildAsync(cancellationToken);
            return _engine.Services;
        }
        finally
        {
            _opening.Release();
        }
    }

    private async Task<IHost> BuildAsync(CancellationToken cancellationToken)
    {
        var redis = stream.Redis;
        var text =
            await redis.GetConnectionStringAsync(cancellationToken)
            ?? throw new DistributedApplicationException($"The resource {redis.Name} has no connection string.");
        var options = ConfigurationOptions.Parse(text, ignoreUnknown: true);
        options.AbortOnConnectFail = false;
        var connection = await ConnectionMultiplexer.ConnectAsync(options);

        // Never started: its hosted services would declare groups and send telemetry of a service that this is not.
        var builder = Host.CreateEmptyApplicationBuilder(new() { ApplicationName = "apphost" });
        builder
            .Configuration.AddInMemoryCollection(Defaults())
            .AddInMemoryCollection(Settings())
            .AddInMemoryCollection([new($"ConnectionStrings:{redis.Name}", text)]);
        builder.Services.Replace(ServiceDescriptor.Singleton(loggers));
        builder.Services.AddSingleton<IConnectionMultiplexer>(_ => connection);

        var streams =
            stream.Key.Length == 0
                ? builder.AddRedisStreams(redis.Name)
                : builder.AddKeyedRedisStream(redis.Name, stream.Key);
        streams.AddStreamLagCheck();
        return builder.Build();
    }

    private IEnumerable<string> Groups =>
        stream.Consumers.Select(consumer => consumer.Group).Distinct(StringComparer.Ordinal);

    /// <summary>The stream's name, and the groups of its consumers unless the settings name the groups.</summary>
    private IEnumerable<KeyValuePair<string, string?>> Defaults()
    {
        var section = stream.ConfigurationSection;
        var groups = NamesGroups(stream, configuration) ? [] : Groups;
        return groups
            .Select((group, index) => KeyValuePair.Create($"{section}:Groups:{index}", (string?)group))
            .Prepend(new($"{section}:Name", stream.StreamName));
    }

    // A setting without a value must not hide a default.
    private IEnumerable<KeyValuePair<string, string?>> Settings() =>
        configuration
            .GetSection(StreamOptions.Section)
            .AsEnumerable()
            .Where(setting => !string.IsNullOrEmpty(setting.Value));
}
