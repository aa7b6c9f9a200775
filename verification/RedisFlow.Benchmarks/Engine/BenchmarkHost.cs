using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RedisFlow.Caching;
using RedisFlow.Domain;
using RedisFlow.Streams;
using RedisFlow.Verification;
using StackExchange.Redis;

namespace RedisFlow.Benchmarks.Engine;

/// <summary>An application with the stream engine, registered as a service registers it.</summary>
internal sealed class BenchmarkHost : IAsyncDisposable
{
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(30);

    private readonly IHost _host;
    private bool _isStarted;

    private BenchmarkHost(IHost host) => _host = host;

    public IServiceProvider Services => _host.Services;

    public IStreamPublisher Publisher => _host.Services.GetRequiredService<IStreamPublisher>();

    public IStreamMonitor Monitor => _host.Services.GetRequiredService<IStreamMonitor>();

    /// <summary>Starts an application.</summary>
    /// <param name="description">Which one.</param>
    /// <param name="add">Adds consumers and what their handlers need; publishes only without.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    public static Task<BenchmarkHost> StartAsync(
        HostDescription description,
        Action<IServiceCollection, RedisStreamsBuilder>? add,
        CancellationToken cancellationToken
    ) => StartAsync(Build(description, add), cancellationToken);

    /// <summary>Starts an application that was built.</summary>
    public static async Task<BenchmarkHost> StartAsync(IHost application, CancellationToken cancellationToken)
    {
        var host = new BenchmarkHost(application);
        try
        {
            // Connected before the first message, or that one would wait for it.
            await host._host.Services.GetRequiredService<IConnectionMultiplexer>().GetDatabase().PingAsync();
            await host._host.StartAsync(cancellationToken);
            host._isStarted = true;
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>Builds an application without starting it.</summary>
    public static IHost Build(HostDescription description, Action<IServiceCollection, RedisStreamsBuilder>? add) =>
        BuildWith(description, (builder, streams) => add?.Invoke(builder.Services, streams));

    /// <inheritdoc cref="Build"/>
    public static IHost BuildWith(HostDescription description, Action<IHostApplicationBuilder, RedisStreamsBuilder> add)
    {
        var builder = StreamApplication.CreateBuilder(
            "bench",
            Environments.Production,
            description.Connection,
            description.Stream,
            description.Instance,
            description.Groups
        );
        builder.Configuration.AddInMemoryCollection(description.Settings);

        // What goes wrong must be seen; what goes well must cost nothing.
        builder.Logging.SetMinimumLevel(LogLevel.Warning).AddSimpleConsole(console => console.SingleLine = true);
        builder.Services.AddSingleton<IConnectionMultiplexer>(_ =>
            ConnectionMultiplexer.Connect(description.Connection)
        );
        var streams = builder
            .AddRedisStreams("redis")
            .AddMessages([.. DomainMessages.Files, CacheInvalidationReflection.Descriptor]);
        add(builder, streams);
        return builder.Build();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // A host whose start was refused cannot be stopped.
        if (_isStarted)
        {
            using var limit = new CancellationTokenSource(StopLimit);
            await _host.StopAsync(limit.Token);
        }

        _host.Dispose();
    }
}
