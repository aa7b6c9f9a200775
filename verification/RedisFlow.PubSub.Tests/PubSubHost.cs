using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using RedisFlow.Caching;
using RedisFlow.Caching.Components;
using RedisFlow.Caching.Registration;
using RedisFlow.Domain;
using RedisFlow.Domain.Messages;
using RedisFlow.Streams;
using RedisFlow.Testing;
using StackExchange.Redis;

namespace RedisFlow.PubSub.Tests;

/// <summary>An application with a stream, in either mode.</summary>
internal sealed class PubSubHost : IAsyncDisposable
{
    private readonly IHost _host;

    private PubSubHost(IHost host) => _host = host;

    public IServiceProvider Services => _host.Services;

    public IStreamPublisher Publisher => Services.GetRequiredService<IStreamPublisher>();

    public IStreamMonitor Monitor => Services.GetRequiredService<IStreamMonitor>();

    public IStreamTail Tail => Services.GetRequiredService<IStreamTail>();

    public StreamHybridCache Cache => Services.GetRequiredService<StreamHybridCache>();

    public CacheComponents Components =>
        Services.GetRequiredKeyedService<CacheComponents>(CacheRegistration.DefaultKey);

    public static string NewStream() => $"test:{Guid.NewGuid():N}";

    public static string NewService() => $"service-{Guid.NewGuid():N}";

    /// <summary>Starts an application.</summary>
    /// <param name="server">Redis.</param>
    /// <param name="stream">The stream.</param>
    /// <param name="streams">Adds consumers, a tail and caches; without it, the application publishes only.</param>
    /// <param name="isOnPubSub">The mode.</param>
    /// <param name="settings">Further settings.</param>
    /// <param name="services">Adds services.</param>
    public static async Task<PubSubHost> StartAsync(
        RedisDeployment server,
        string stream,
        Action<RedisStreamsBuilder>? streams = null,
        bool isOnPubSub = true,
        Dictionary<string, string?>? settings = null,
        Action<IServiceCollection>? services = null
    )
    {
        var builder = Host.CreateEmptyApplicationBuilder(
            new HostApplicationBuilderSettings { ApplicationName = "tests", EnvironmentName = "Development" }
        );
        builder.Configuration.AddInMemoryCollection(
            new Dictionary<string, string?>
            {
                ["ConnectionStrings:redis"] = server.ConnectionString,
                ["Streams:Name"] = stream,
                ["Streams:InstanceId"] = "a",
                ["Streams:Groups:0"] = "g",
                ["Streams:RetryDelay"] = "00:00:00.050",
            }
        );
        builder.Configuration.AddInMemoryCollection(settings);
        builder.Services.AddSingleton<IConnectionMultiplexer>(_ => server.Connect());
        var added = builder.AddRedisStreams("redis").AddMessages(DomainMessages.Files);
        streams?.Invoke(added);
        if (isOnPubSub)
        {
            added.UsePubSub();
        }

        services?.Invoke(builder.Services);
        var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        return new PubSubHost(host);
    }

    /// <summary>Starts an instance of a service with its cache.</summary>
    /// <param name="server">Redis.</param>
    /// <param name="stream">The stream.</param>
    /// <param name="service">The service.</param>
    /// <param name="isOnPubSub">The mode.</param>
    /// <param name="instance">The instance's name.</param>
    /// <param name="tailConnection">Where its tail and its group's worker connect to, if not to the server.</param>
    public static Task<PubSubHost> StartCacheAsync(
        RedisDeployment server,
        string stream,
        string service,
        bool isOnPubSub = true,
        string instance = "a",
        string? tailConnection = null
    ) =>
        StartAsync(
            server,
            stream,
            streams =>
                streams
                    .AddStreamConsumer("g")
                    .AddHybridCache()
                    .InvalidateOn<CompanyUpdated>(updated => Invalidation.Key($"company:{updated.CompanyId}")),
            isOnPubSub,
            new()
            {
                ["ConnectionStrings:redis"] = tailConnection ?? server.ConnectionString,
                ["Streams:InstanceId"] = instance,
                ["Caching:Service"] = service,

                // A pause of the machine is no failure of Redis, and no blindness either.
                ["Caching:RedisTimeout"] = "00:00:30",
                ["Caching:MaxDisconnectedTime"] = "01:00:00",
            }
        );

    public static Publication Renamed(int id) =>
        new(
            new CompanyUpdated { CompanyId = id, Name = $"company {id}" },
            string.Create(CultureInfo.InvariantCulture, $"company/{id}"),
            $"Company {id} was renamed."
        );

    public static Publication RenamedOnce(int id) => Renamed(id) with { MessageId = $"id-{id}" };

    public async Task<MessagePosition[]> PublishAsync(int first, int count) =>
        await Task.WhenAll(Enumerable.Range(first, count).Select(id => Publisher.PublishAsync(Renamed(id))));

    /// <summary>Publishes in a transaction that changes another key of the stream's slot.</summary>
    public async Task<MessagePosition> CommitAsync(IDatabase database, string stream, Publication publication)
    {
        var transaction = database.CreateTransaction();
        _ = transaction.StringSetAsync($"{{{stream}}}:test:state", "changed");
        var published = Publisher.EnlistAsync(transaction, publication);
        Assert.True(await transaction.ExecuteAsync());
        return await published;
    }

    /// <summary>Waits until the tail has applied a position.</summary>
    public Task AppliedAsync(MessagePosition position) =>
        Tail.WaitUntilAppliedAsync(position, TestContext.Current.CancellationToken)
            .WaitAsync(Eventually.DefaultLimit, TestContext.Current.CancellationToken);

    /// <summary>Waits until the group has handled and acknowledged everything.</summary>
    public Task DrainedAsync() =>
        Eventually.Until(
            async () => (await Monitor.GetSnapshotAsync()).Groups is [{ Pending: 0, Lag: 0 }],
            cancellationToken: TestContext.Current.CancellationToken
        );

    /// <summary>Reads a key through the cache.</summary>
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
