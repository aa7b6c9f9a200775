using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using RedisFlow.Cli.CommandLine;
using RedisFlow.Domain;
using RedisFlow.Streams;
using StackExchange.Redis;

namespace RedisFlow.Cli.Connecting;

/// <summary>
/// The stream engine, connected. Its host is built and never started: the tool declares no groups, trims nothing and consumes nothing, so that what
/// it shows is what is there.
/// </summary>
internal sealed class StreamSession : IAsyncDisposable
{
    private readonly IHost _host;
    private readonly ConnectionMultiplexer _connection;

    public StreamSession(
        ConnectionTarget target,
        ConnectionMultiplexer connection,
        IReadOnlyList<string> streams,
        IReadOnlyList<string> groups,
        IReadOnlyDictionary<string, string> variables)
    {
        Target = target;
        _connection = connection;
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ApplicationName = "redisflow", DisableDefaults = true });
        builder.Configuration.AddInMemoryCollection(VariableSettings.From(variables));
        builder.Configuration.AddInMemoryCollection(Settings(target, streams, groups));
        builder.Services.AddSingleton<IConnectionMultiplexer>(connection);
        var engine = builder.AddRedisStreams(ResourceNames.Redis);
        foreach (var key in streams.Skip(1).Select((_, i) => Key(i + 1)))
        {
            engine.AddStream(key);
        }

        _host = builder.Build();
        Streams = [.. streams.Select((name, i) => Open(name, i))];
    }

    /// <summary>The connection's origin.</summary>
    public ConnectionTarget Target { get; }

    /// <summary>The streams that were asked for; at least one.</summary>
    public IReadOnlyList<StreamAccess> Streams { get; }

    /// <summary>The first of <see cref="Streams"/>.</summary>
    public StreamAccess Stream => Streams[0];

    /// <summary>For what the engine does not ask: the server's settings and its clock.</summary>
    public IDatabase Database => _connection.GetDatabase();

    /// <summary>The server's clock.</summary>
    public async Task<DateTimeOffset> ServerTimeAsync(CancellationToken stop)
    {
        var reply = (RedisResult[])(await Database.ExecuteAsync("TIME").WaitAsync(TimeSpan.FromSeconds(5), stop))!;
        return DateTimeOffset.FromUnixTimeMilliseconds(((long)reply[0] * 1000) + ((long)reply[1] / 1000));
    }

    public ValueTask DisposeAsync()
    {
        _host.Dispose();
        _connection.Close(allowCommandsToComplete: false);
        _connection.Dispose();
        return ValueTask.CompletedTask;
    }

    private static string Key(int index) => string.Create(CultureInfo.InvariantCulture, $"stream{index}");

    private static Dictionary<string, string?> Settings(ConnectionTarget target, IReadOnlyList<string> streams, IReadOnlyList<string> groups)
    {
        var settings = new Dictionary<string, string?>
        {
            [$"ConnectionStrings:{ResourceNames.Redis}"] = target.ConnectionString,
            ["Streams:Name"] = streams[0],
        };
        for (var i = 1; i < streams.Count; i++)
        {
            settings[$"Streams:Additional:{Key(i)}:Name"] = streams[i];
        }

        for (var i = 0; i < groups.Count; i++)
        {
            settings[string.Create(CultureInfo.InvariantCulture, $"Streams:Groups:{i}")] = groups[i];
        }

        return settings;
    }

    private StreamAccess Open(string name, int index)
    {
        var key = index == 0 ? "" : Key(index);
        var services = _host.Services;
        try
        {
            return new StreamAccess(
                name,
                services.GetRequiredService<IOptionsMonitor<StreamOptions>>().Get(key),
                services.GetRequiredKeyedService<IStreamMonitor>(key),
                services.GetRequiredKeyedService<IStreamAdministration>(key),
                services.GetRequiredKeyedService<IStreamPublisher>(key));
        }
        catch (OptionsValidationException exception)
        {
            throw new UsageException(string.Join(' ', exception.Failures), exception);
        }
    }
}

/// <summary>What the engine offers on one stream.</summary>
internal sealed record StreamAccess(
    string Name, StreamOptions Options, IStreamMonitor Monitor, IStreamAdministration Administration, IStreamPublisher Publisher);
