using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using RedisFlow.Domain;
using RedisFlow.Streams;
using RedisFlow.Testing;
using StackExchange.Redis;

namespace RedisFlow.Docs.Tests.Samples;

/// <summary>A service with the samples, on a stream of its own.</summary>
internal sealed class SampleHost : IJournal, IAsyncDisposable
{
    private readonly IHost _host;
    private readonly Lock _lock = new();
    private readonly List<string> _journal = [];

    private SampleHost(RedisDeployment server, Action<IHostApplicationBuilder>[] registrations)
    {
        var builder = Host.CreateEmptyApplicationBuilder(
            new HostApplicationBuilderSettings { ApplicationName = "billing", DisableDefaults = true }
        );
        builder.Configuration.AddInMemoryCollection(
            new Dictionary<string, string?>
            {
                ["ConnectionStrings:redis"] = server.ConnectionString,
                ["Streams:Name"] = $"docs:{Guid.NewGuid():N}",
                ["Streams:Groups:0"] = GroupNames.Billing,
                ["Streams:RetryDelay"] = "00:00:00.010",
                ["Streams:Additional:letters:Name"] = $"docs:{Guid.NewGuid():N}",
            }
        );
        builder.Services.AddSingleton<IConnectionMultiplexer>(_ => server.Connect());
        builder.Services.AddSingleton<ILetters>(Letters);
        builder.Services.AddSingleton<IJournal>(this);
        foreach (var register in registrations.Prepend(Registrations.OwnProject))
        {
            register(builder);
        }

        _host = builder.Build();
    }

    public RecordedLetters Letters { get; } = new();

    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_lock)
            {
                return [.. _journal];
            }
        }
    }

    public IServiceProvider Services => _host.Services;

    public Publishing Publishing => new(Services.GetRequiredService<IStreamPublisher>());

    public IStreamMonitor Monitor => Services.GetRequiredService<IStreamMonitor>();

    public IDatabase Database => Services.GetRequiredService<IConnectionMultiplexer>().GetDatabase();

    public static async Task<SampleHost> StartAsync(
        RedisDeployment server,
        params Action<IHostApplicationBuilder>[] registrations
    )
    {
        var host = new SampleHost(server, registrations);
        await host._host.StartAsync(TestContext.Current.CancellationToken);
        return host;
    }

    public void Write(string line)
    {
        lock (_lock)
        {
            _journal.Add(line);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(CancellationToken.None);
        _host.Dispose();
    }
}
