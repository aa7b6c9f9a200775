using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using RedisFlow.Domain;
using RedisFlow.Domain.Messages;
using RedisFlow.Streams;
using RedisFlow.Testing;
using StackExchange.Redis;

namespace RedisFlow.Cli.Tests;

/// <summary>
/// A stream of its own with declared groups, as a publishing application leaves it, and the tool on it.
/// </summary>
internal sealed class Scene : IAsyncDisposable
{
    private readonly IHost _host;
    private readonly ConnectionMultiplexer _connection;

    private Scene(IHost host, ConnectionMultiplexer connection, RedisDeployment server, string stream)
    {
        _host = host;
        _connection = connection;
        Keys = new StreamKeys(stream);
        Tool = Tool.On(server, stream);
    }

    public StreamKeys Keys { get; }

    public Tool Tool { get; }

    public string Name => Keys.StreamName;

    public IDatabase Database => _connection.GetDatabase();

    public IStreamMonitor Monitor => _host.Services.GetRequiredService<IStreamMonitor>();

    public IStreamPublisher Publisher => _host.Services.GetRequiredService<IStreamPublisher>();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static async Task<Scene> StartAsync(RedisDeployment server, params string[] groups)
    {
        var stream = $"test:{Guid.NewGuid():N}";
        if (groups.Length == 0)
        {
            groups = ["g"];
        }

        var builder = Host.CreateEmptyApplicationBuilder(
            new HostApplicationBuilderSettings { ApplicationName = "tests", DisableDefaults = true }
        );
        builder.Configuration.AddInMemoryCollection(
            new Dictionary<string, string?>
            {
                ["ConnectionStrings:redis"] = server.ConnectionString,
                ["Streams:Name"] = stream,
            }
        );
        builder.Configuration.AddInMemoryCollection(
            groups.Select(
                (group, i) =>
                    KeyValuePair.Create(
                        string.Create(CultureInfo.InvariantCulture, $"Streams:Groups:{i}"),
                        (string?)group
                    )
            )
        );
        var connection = await server.ConnectAsync(admin: true);
        builder.Services.AddSingleton<IConnectionMultiplexer>(connection);
        builder.AddRedisStreams("redis").AddMessages(DomainMessages.Files);
        var host = builder.Build();
        await host.StartAsync(Stop);
        var scene = new Scene(host, connection, server, stream);
        await Eventually.Until(
            () => scene.Monitor.GetSnapshotAsync(Stop),
            snapshot => snapshot.Groups.Count(group => group.Exists) == groups.Length,
            cancellationToken: Stop
        );
        return scene;
    }

    /// <summary>Publishes renamings of the companies 1, 2, ….</summary>
    public Task<IReadOnlyList<MessagePosition>> PublishAsync(int count, string name = "Acme") =>
        Publisher.PublishAsync(
            [
                .. Enumerable
                    .Range(1, count)
                    .Select(id => new Publication(
                        new CompanyUpdated { CompanyId = id, Name = name },
                        string.Create(CultureInfo.InvariantCulture, $"company/{id}"),
                        string.Create(CultureInfo.InvariantCulture, $"Company {id} was renamed.")
                    )),
            ],
            Stop
        );

    /// <summary>Gives entries to a consumer.</summary>
    public Task ReadAsync(int count, string group = "g", string consumer = "c") =>
        Database.ExecuteAsync(
            "XREADGROUP",
            "GROUP",
            group,
            consumer,
            "COUNT",
            count,
            "STREAMS",
            (RedisKey)Keys.Stream,
            ">"
        );

    public Task AckAsync(string group, params MessagePosition[] positions) =>
        Database.ExecuteAsync(
            "XACK",
            [(RedisKey)Keys.Stream, group, .. positions.Select(position => position.ToString())]
        );

    /// <summary>Makes a pending entry look as if no consumer had touched it for so long.</summary>
    public Task AgeAsync(MessagePosition position, TimeSpan idle, string group = "g", string consumer = "c") =>
        Database.ExecuteAsync(
            "XCLAIM",
            (RedisKey)Keys.Stream,
            group,
            consumer,
            0,
            position.ToString(),
            "IDLE",
            (long)idle.TotalMilliseconds,
            "JUSTID"
        );

    /// <summary>Adds a dead letter with the envelope of a renaming, or with bytes that are none.</summary>
    public async Task<MessagePosition> AddLetterAsync(
        string group = "g",
        string reason = DeadLetterReason.HandlerFailed,
        int company = 7,
        byte[]? data = null,
        string error = "boom"
    )
    {
        var envelope = new StreamMessage
        {
            MessageId = Guid.NewGuid().ToString(),
            Subject = string.Create(CultureInfo.InvariantCulture, $"company/{company}"),
            Content = "Renamed.",
            SchemaVersion = 1,
            Payload = Google.Protobuf.WellKnownTypes.Any.Pack(
                new CompanyUpdated { CompanyId = company, Name = "Acme" }
            ),
        };
        var id = await Database.ExecuteAsync(
            "XADD",
            (RedisKey)Keys.Dead,
            "*",
            "group",
            group,
            "reason",
            reason,
            "error",
            error,
            "attempts",
            5,
            "position",
            "1-7",
            "consumer",
            "c",
            "data",
            data ?? Google.Protobuf.MessageExtensions.ToByteArray(envelope)
        );
        return MessagePosition.Parse((string)id!);
    }

    public Task<StreamSnapshot> SnapshotAsync() => Monitor.GetSnapshotAsync(Stop);

    public async Task<GroupSnapshot> GroupAsync(string group = "g") =>
        (await SnapshotAsync()).Groups.Single(known => known.Name == group);

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(CancellationToken.None);
        _host.Dispose();
        _connection.Dispose();
    }
}
