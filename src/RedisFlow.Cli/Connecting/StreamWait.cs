using System.Globalization;
using RedisFlow.Cli.CommandLine;
using RedisFlow.Streams;
using StackExchange.Redis;

namespace RedisFlow.Cli.Connecting;

/// <summary>
/// Waits for entries of one stream, on a connection of its own: a blocked read holds up everything behind it.
/// </summary>
internal sealed class StreamWait : IAsyncDisposable
{
    private static readonly TimeSpan Block = TimeSpan.FromSeconds(5);

    private readonly ConnectionMultiplexer _connection;
    private readonly RedisKey _stream;

    private StreamWait(ConnectionMultiplexer connection, RedisKey stream)
    {
        _connection = connection;
        _stream = stream;
    }

    /// <summary>Connects.</summary>
    /// <exception cref="NoConnectionException">There is no connection.</exception>
    public static async Task<StreamWait> OpenAsync(
        ConnectionTarget target,
        string stream,
        TimeSpan limit,
        CancellationToken stop
    ) => new(await RedisConnector.ConnectAsync(target, limit, stop, wait: Block), new StreamKeys(stream).Stream);

    /// <summary>Returns when there is an entry after the position, and now and then without one.</summary>
    public async Task UntilAfterAsync(MessagePosition? position, CancellationToken stop)
    {
        object[] arguments =
        [
            "COUNT",
            "1",
            "BLOCK",
            ((long)Block.TotalMilliseconds).ToString(CultureInfo.InvariantCulture),
            "STREAMS",
            _stream,
            position?.ToString() ?? "0",
        ];

        // A stop does not wait for the server: the connection is closed then, which ends the read there too.
        await _connection.GetDatabase().ExecuteAsync("XREAD", arguments, CommandFlags.DemandMaster).WaitAsync(stop);
    }

    public ValueTask DisposeAsync()
    {
        RedisConnector.Close(_connection);
        return ValueTask.CompletedTask;
    }
}
