using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RedisFlow.Domain;
using RedisFlow.Streams;
using StackExchange.Redis;

namespace RedisFlow.AppHost;

/// <summary>
/// The engine's operators' side over a connection of the AppHost's own: it declares, consumes and publishes nothing. What it is set to is the section
/// <c>Streams</c> of the AppHost's configuration, of which the stream's name must be that of the services.
/// </summary>
internal sealed class StreamAccess(IResourceWithConnectionString redis, IConfiguration configuration, ILoggerFactory loggers) : IDisposable
{
    private readonly SemaphoreSlim _opening = new(1, 1);
    private IHost? _engine;

    public async Task<IStreamMonitor> GetMonitorAsync(CancellationToken cancellationToken) =>
        (await OpenAsync(cancellationToken)).GetRequiredService<IStreamMonitor>();

    public async Task<IStreamAdministration> GetAdministrationAsync(CancellationToken cancellationToken) =>
        (await OpenAsync(cancellationToken)).GetRequiredService<IStreamAdministration>();

    /// <summary>Asks the engine's health check for groups without progress.</summary>
    public async Task<HealthReportEntry> CheckLagAsync(CancellationToken cancellationToken)
    {
        var report = await (await OpenAsync(cancellationToken)).GetRequiredService<HealthCheckService>().CheckHealthAsync(cancellationToken);
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
        var text = await redis.GetConnectionStringAsync(cancellationToken)
            ?? throw new DistributedApplicationException($"The resource {redis.Name} has no connection string.");
        var options = ConfigurationOptions.Parse(text, ignoreUnknown: true);
        options.AbortOnConnectFail = false;
        var connection = await ConnectionMultiplexer.ConnectAsync(options);

        // Never started: its hosted services would declare groups and send telemetry of a service that this is not.
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ApplicationName = "apphost" });
        builder.Configuration
            .AddInMemoryCollection(configuration.GetSection(StreamOptions.Section).AsEnumerable())
            .AddInMemoryCollection([new($"ConnectionStrings:{ResourceNames.Redis}", text)]);
        builder.Services.Replace(ServiceDescriptor.Singleton(loggers));
        builder.Services.AddSingleton<IConnectionMultiplexer>(_ => connection);
        builder.AddRedisStreams(ResourceNames.Redis, StreamNames.CacheInvalidation, GroupNames.All).AddStreamLagCheck();
        return builder.Build();
    }
}
