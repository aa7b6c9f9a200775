using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RedisFlow.Domain;
using RedisFlow.Domain.Messages;
using RedisFlow.Testing;
using StackExchange.Redis;

namespace RedisFlow.Streams.Tests;

/// <summary>
/// An application with the stream engine, as a service would have it. What its consumers handle goes to
/// <see cref="Handled"/>.
/// </summary>
internal sealed class TestHost : IAsyncDisposable, IDisposable
{
    private readonly IHost _host;
    private readonly Lazy<ConnectionMultiplexer> _admin;
    private bool _isStarted;

    private TestHost(IHost host, RedisDeployment server, Recorder handled)
    {
        _host = host;
        _admin = new(() => server.Connect(admin: true));
        Handled = handled;
    }

    public Recorder Handled { get; }

    public IServiceProvider Services => _host.Services;

    public IStreamPublisher Publisher => _host.Services.GetRequiredService<IStreamPublisher>();

    public IStreamMonitor Monitor => _host.Services.GetRequiredService<IStreamMonitor>();

    public IStreamTail Tail => _host.Services.GetRequiredService<IStreamTail>();

    /// <summary>The test's own connection, not the application's.</summary>
    public IDatabase Database => _admin.Value.GetDatabase();

    public static string NewStream() => $"test:{Guid.NewGuid():N}";

    /// <summary>Builds the application without starting it.</summary>
    public static TestHost Build(
        RedisDeployment server,
        string stream,
        string instance = "a",
        Action<RedisStreamsBuilder>? streams = null,
        Dictionary<string, string?>? settings = null,
        Action<IServiceCollection>? services = null,
        string environment = "Development"
    )
    {
        var builder = Host.CreateEmptyApplicationBuilder(
            new HostApplicationBuilderSettings
            {
                ApplicationName = "tests",
                EnvironmentName = environment,
                DisableDefaults = true,
            }
        );
        builder.Configuration.AddInMemoryCollection(
            new Dictionary<string, string?>
            {
                ["ConnectionStrings:redis"] = server.ConnectionString,
                ["Streams:Name"] = stream,
                ["Streams:InstanceId"] = instance,
                ["Streams:Groups:0"] = "g",
                ["Streams:RetryDelay"] = "00:00:00.050",
            }
        );
        builder.Configuration.AddInMemoryCollection(settings);
        if (Environment.GetEnvironmentVariable("TEST_LOG") is not null)
        {
            builder.Logging.AddConsole();
        }

        var recorder = new Recorder();
        builder.Services.AddSingleton(recorder);
        builder.Services.AddSingleton<IConnectionMultiplexer>(_ => server.Connect());
        var added = builder.AddRedisStreams("redis").AddMessages(DomainMessages.Files);
        streams?.Invoke(added);
        services?.Invoke(builder.Services);
        return new TestHost(builder.Build(), server, recorder);
    }

    /// <summary>An application that consumes as group g.</summary>
    public static Task<TestHost> StartConsumerAsync(
        RedisDeployment server,
        string stream,
        string instance = "a",
        Func<StreamDelivery, CancellationToken, Task>? behave = null,
        Dictionary<string, string?>? settings = null,
        string group = "g"
    ) =>
        StartAsync(
            Build(
                server,
                stream,
                instance,
                streams => streams.AddStreamConsumer(group).HandleEveryMessage<RecordingHandler>(),
                settings
            ),
            behave
        );

    /// <summary>An application that only publishes.</summary>
    public static Task<TestHost> StartPublisherAsync(
        RedisDeployment server,
        string stream,
        Dictionary<string, string?>? settings = null
    ) => StartAsync(Build(server, stream, "publisher", settings: settings));

    public static async Task<TestHost> StartAsync(
        TestHost host,
        Func<StreamDelivery, CancellationToken, Task>? behave = null
    )
    {
        host.Handled.Behave = behave;
        await host._host.StartAsync(TestContext.Current.CancellationToken);
        host._isStarted = true;
        return host;
    }

    public static Publication Renamed(int id, string? name = null) =>
        new(
            new CompanyUpdated { CompanyId = id, Name = name ?? $"company {id}" },
            string.Create(CultureInfo.InvariantCulture, $"company/{id}"),
            $"Company {id} was renamed."
        );

    public async Task<MessagePosition[]> PublishAsync(int first, int count) =>
        await Task.WhenAll(Enumerable.Range(first, count).Select(id => Publisher.PublishAsync(Renamed(id))));

    public Task StopAsync() => _host.StopAsync(CancellationToken.None);

    /// <summary>Waits until the group has handled and acknowledged everything.</summary>
    public Task<GroupSnapshot> DrainedAsync(string group = "g", TimeSpan? limit = null) =>
        Eventually.Until(
            async () => (await Monitor.GetSnapshotAsync()).Groups.Single(g => g.Name == group),
            g => g is { Pending: 0, Lag: 0 },
            limit,
            TestContext.Current.CancellationToken
        );

    /// <summary>For a host that was never started.</summary>
    public void Dispose() => _host.Dispose();

    public async ValueTask DisposeAsync()
    {
        // A host whose start was refused cannot be stopped.
        if (_isStarted)
        {
            await _host.StopAsync(CancellationToken.None);
        }

        _host.Dispose();
        if (_admin.IsValueCreated)
        {
            _admin.Value.Dispose();
        }
    }
}
