using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using RedisFlow.Cli.CommandLine;
using RedisFlow.Cli.Messages;
using RedisFlow.Streams;
using StackExchange.Redis;

namespace RedisFlow.Cli.Connecting;

/// <summary>
/// What the engine offers on one stream. Its host is built and never started: the tool declares no groups, trims
/// nothing and consumes nothing, so that what it shows is what is there.
/// </summary>
internal sealed class StreamAccess : IDisposable
{
    // The engine asks for one, and declares it only where its host starts.
    private const string NoGroup = "redisflow";

    private readonly IHost _host;

    private StreamAccess(string name, IHost host)
    {
        Name = name;
        _host = host;
        Options = host.Services.GetRequiredService<IOptions<StreamOptions>>().Value;
        Monitor = host.Services.GetRequiredService<IStreamMonitor>();
        Administration = host.Services.GetRequiredService<IStreamAdministration>();
        Publisher = host.Services.GetRequiredService<IStreamPublisher>();
    }

    public string Name { get; }

    public StreamOptions Options { get; }

    public IStreamMonitor Monitor { get; }

    public IStreamAdministration Administration { get; }

    public IStreamPublisher Publisher { get; }

    /// <summary>Sets the engine up.</summary>
    /// <exception cref="UsageException">A setting of it is bad; the message names it.</exception>
    public static StreamAccess Open(
        string name,
        ConnectionTarget target,
        IConnectionMultiplexer connection,
        IReadOnlyDictionary<string, string> variables,
        MessageCatalog messages
    )
    {
        var builder = Host.CreateEmptyApplicationBuilder(
            new HostApplicationBuilderSettings { ApplicationName = "redisflow", DisableDefaults = true }
        );
        builder.Configuration.AddInMemoryCollection(VariableSettings.From(variables));
        builder.Configuration.AddInMemoryCollection(
            new Dictionary<string, string?>
            {
                [$"ConnectionStrings:{ConnectionTarget.Name}"] = target.ConnectionString,
                [$"{StreamOptions.Section}:{nameof(StreamOptions.Name)}"] = name,
            }
        );
        builder.Services.AddSingleton(connection);
        builder.AddRedisStreams(ConnectionTarget.Name, name, NoGroup).AddMessages(messages.Files);
        var host = builder.Build();
        try
        {
            return new StreamAccess(name, host);
        }
        catch (Exception exception) when (exception is OptionsValidationException or InvalidOperationException)
        {
            host.Dispose();
            throw new UsageException(exception.Message, exception);
        }
    }

    public void Dispose() => _host.Dispose();
}
