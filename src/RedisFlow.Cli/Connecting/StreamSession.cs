using RedisFlow.Cli.Messages;
using RedisFlow.Streams;
using StackExchange.Redis;

namespace RedisFlow.Cli.Connecting;

/// <summary>The connection, and the streams that a command works on.</summary>
internal sealed class StreamSession : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    private readonly ConnectionMultiplexer _connection;

    /// <param name="target">Where the connection leads.</param>
    /// <param name="connection">The connection; closed with the session.</param>
    /// <param name="streams">The streams' names; at least one.</param>
    /// <param name="variables">Environment variables, which may have settings of the engine.</param>
    /// <param name="messages">The types of payloads.</param>
    public StreamSession(
        ConnectionTarget target,
        ConnectionMultiplexer connection,
        IReadOnlyList<string> streams,
        IReadOnlyDictionary<string, string> variables,
        MessageCatalog messages
    )
    {
        Target = target;
        _connection = connection;
        Streams = [.. streams.Select(name => StreamAccess.Open(name, target, connection, variables, messages))];
    }

    /// <summary>Where the connection leads.</summary>
    public ConnectionTarget Target { get; }

    /// <summary>The streams that were asked for; at least one.</summary>
    public IReadOnlyList<StreamAccess> Streams { get; }

    /// <summary>The first of <see cref="Streams"/>.</summary>
    public StreamAccess Stream => Streams[0];

    /// <summary>
    /// The server that has a stream, for what the engine does not ask: its settings and its clock. A question without a
    /// key would go to any server.
    /// </summary>
    /// <exception cref="RedisConnectionException">None could be reached.</exception>
    public async Task<IServer> OwnerAsync(StreamAccess stream, CancellationToken stop)
    {
        var owner =
            await _connection
                .GetDatabase()
                .IdentifyEndpointAsync(new StreamKeys(stream.Name).Stream)
                .WaitAsync(Limit, stop)
            ?? throw new RedisConnectionException(
                ConnectionFailureType.UnableToResolvePhysicalConnection,
                CommandFlags.None,
                $"No server has stream {stream.Name}."
            );
        return _connection.GetServer(owner);
    }

    /// <summary>The masters beside one, of those that are connected.</summary>
    public IEnumerable<IServer> OtherMasters(IServer owner) =>
        _connection
            .GetServers()
            .Where(server =>
                server is { IsConnected: true, IsReplica: false } && !server.EndPoint.Equals(owner.EndPoint)
            );

    /// <summary>The clock of the server that has the first stream, by which positions are made.</summary>
    public async Task<DateTimeOffset> ServerTimeAsync(CancellationToken stop)
    {
        var owner = await OwnerAsync(Stream, stop);
        var reply = (RedisResult[])(await owner.ExecuteAsync("TIME").WaitAsync(Limit, stop))!;
        return DateTimeOffset.FromUnixTimeMilliseconds(((long)reply[0] * 1000) + ((long)reply[1] / 1000));
    }

    public ValueTask DisposeAsync()
    {
        foreach (var stream in Streams)
        {
            stream.Dispose();
        }

        _connection.Close(allowCommandsToComplete: false);
        _connection.Dispose();
        return ValueTask.CompletedTask;
    }
}
