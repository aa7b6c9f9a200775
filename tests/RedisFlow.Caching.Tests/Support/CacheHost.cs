using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using RedisFlow.Caching.Components;
using RedisFlow.Caching.Invalidating;
using RedisFlow.Caching.L2;
using RedisFlow.Caching.Registration;
using RedisFlow.Caching.Telemetry;
using RedisFlow.Domain;
using RedisFlow.Domain.Messages;
using RedisFlow.Streams;
using RedisFlow.Testing;
using StackExchange.Redis;

namespace RedisFlow.Caching.Tests;

/// <summary>One instance of a service with its cache, as a service registers it.</summary>
internal sealed class CacheHost : IAsyncDisposable
{
    private readonly IHost _host;

    private CacheHost(IHost host) => _host = host;

    public StreamHybridCache Cache => _host.Services.GetRequiredService<StreamHybridCache>();

    private CacheComponents Components =>
        _host.Services.GetRequiredKeyedService<CacheComponents>(CacheRegistration.DefaultKey);

    public InvalidationLog Log => Components.Log;

    public L2Cache L2 => Components.L2;

    public CacheMetrics Metrics => Components.Metrics;

    public IStreamPublisher Publisher => _host.Services.GetRequiredService<IStreamPublisher>();

    public IStreamMonitor Monitor => _host.Services.GetRequiredService<IStreamMonitor>();

    /// <summary>Starts an instance.</summary>
    /// <param name="server">Redis.</param>
    /// <param name="stream">The stream.</param>
    /// <param name="service">The service.</param>
    /// <param name="instance">The instance's name.</param>
    /// <param name="tailConnection">Where its tail and its group's worker connect to, if not to the server.</param>
    /// <param name="redisTimeout">The cache's limit for Redis, if the test is about that.</param>
    public static async Task<CacheHost> StartAsync(
        RedisDeployment server,
        string stream,
        string service,
        string instance = "a",
        string? tailConnection = null,
        TimeSpan? redisTimeout = null
    )
    {
        var builder = Host.CreateEmptyApplicationBuilder(
            new HostApplicationBuilderSettings { ApplicationName = "tests" }
        );
        builder.Configuration.AddInMemoryCollection(
            new Dictionary<string, string?>
            {
                ["ConnectionStrings:redis"] = tailConnection ?? server.ConnectionString,
                ["Streams:Name"] = stream,
                ["Streams:InstanceId"] = instance,
                ["Streams:Groups:0"] = "g",
                ["Caching:Service"] = service,

                // A pause of the machine is no failure of Redis, and no blindness either.
                ["Caching:RedisTimeout"] = (redisTimeout ?? TimeSpan.FromSeconds(30)).ToString(),
                ["Caching:MaxDisconnectedTime"] = "01:00:00",
            }
        );
        builder.Services.AddSingleton<IConnectionMultiplexer>(_ => server.Connect());
        builder
            .AddRedisStreams("redis")
            .AddMessages(DomainMessages.Files)
            .AddStreamConsumer("g")
            .AddHybridCache()
            .InvalidateOn<CompanyUpdated>(updated => Invalidation.Key($"company:{updated.CompanyId}"));

        var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        return new CacheHost(host);
    }

    public static Publication Renamed(int company) =>
        new(new CompanyUpdated { CompanyId = company }, $"company/{company}", "Renamed.");

    public async Task<string> ReadAsync(string key, string fresh) =>
        await Cache.GetOrCreateAsync(
            key,
            _ => ValueTask.FromResult(fresh),
            cancellationToken: TestContext.Current.CancellationToken
        );

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(CancellationToken.None);
        _host.Dispose();
    }
}
