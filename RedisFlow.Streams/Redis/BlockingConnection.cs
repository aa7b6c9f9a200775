using System.Globalization;
using StackExchange.Redis;

namespace RedisFlow.Streams.Redis;

/// <summary>
/// A connection of its own for one blocking loop: a blocked read holds up everything behind it, so nothing else may share it. One
/// read at a time.
/// </summary>
internal sealed class BlockingConnection(string connectionString, string clientName, TimeProvider time) : IAsyncDisposable
{
    /// <summary>How much longer than BLOCK a read may take before the connection counts as dead.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(8);

    /// <summary>How long a stop waits for the server to release the blocked read.</summary>
    private static readonly TimeSpan UnblockLimit = TimeSpan.FromMilliseconds(500);

    /// <summary>How long the library may try to reconnect before a new connection is opened in its place.</summary>
    private static readonly TimeSpan ReconnectLimit = TimeSpan.FromSeconds(15);

    private ConnectionMultiplexer? _connection;

    // The id by which the server can be asked to release the read. It changes with each reconnect.
    private volatile Task<RedisResult>? _clientId;
    private long? _failingSince;

    /// <summary>
    /// Runs a blocking read. When <paramref name="stop"/> is cancelled, the server is asked to end it, and what it returned until then is
    /// returned.
    /// </summary>
    /// <returns>The reply; <c>null</c> if the stop came first and the server did not release the read in time.</returns>
    /// <exception cref="TimeoutException">No answer: what the server delivered to this read, if anything, is in the pending list.</exception>
    public async Task<RedisResult?> ReadAsync(string command, object[] arguments, TimeSpan block, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        try
        {
            _connection ??= await OpenForReadsAsync(stop);
            var database = _connection.GetDatabase();
            var clientId = _clientId ??= AskClientId(database);
            var read = database.ExecuteAsync(command, arguments);
            SharedRedis.Observe(read);
            var reply = await AwaitReadAsync(read, clientId, block, stop);
            _failingSince = null;
            return reply;
        }
        catch (RedisConnectionException)
        {
            // The library reconnects by itself; only when it does not for long, or does not use what it has, try a connection of our own.
            _failingSince ??= time.GetTimestamp();
            if (time.GetElapsedTime(_failingSince.Value) > ReconnectLimit || (_connection is { } connection && SetAside.Is(connection)))
            {
                Drop();
            }

            throw;
        }
        catch (Exception exception) when (exception is TimeoutException or ObjectDisposedException)
        {
            // The read may still be blocked on the server. Closing its connection ends it there, so that it swallows no further entries.
            Drop();
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Drop();
        return ValueTask.CompletedTask;
    }

    private async Task<RedisResult?> AwaitReadAsync(
        Task<RedisResult> read, Task<RedisResult> clientId, TimeSpan block, CancellationToken stop)
    {
        try
        {
            return await read.WaitAsync(block + Grace, time, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            try
            {
                await UnblockAsync(clientId);
                return await read.WaitAsync(UnblockLimit, time, CancellationToken.None);
            }
            catch (Exception exception) when (RedisFaults.IsRedisFault(exception))
            {
                return null;
            }
        }
    }

    private async Task UnblockAsync(Task<RedisResult> clientId)
    {
        var id = RedisReply.Integer(await clientId.WaitAsync(UnblockLimit, time, CancellationToken.None));

        // Over a connection of its own: the blocked one cannot carry it, and the shared one need not allow CLIENT.
        var control = await OpenAsync(UnblockLimit, CancellationToken.None);
        try
        {
            var unblocked = control.GetDatabase().ExecuteAsync("CLIENT", "UNBLOCK", id.ToString(CultureInfo.InvariantCulture));
            SharedRedis.Observe(unblocked);
            await unblocked.WaitAsync(UnblockLimit, time, CancellationToken.None);
        }
        finally
        {
            OwnConnection.Close(control);
        }
    }

    private Task<ConnectionMultiplexer> OpenAsync(TimeSpan? limit, CancellationToken cancellationToken)
    {
        // As text, since not every version of the library has these settings as properties; one that does not know them ignores them.
        // RESP2 keeps replies small and alike; the limit is far above BLOCK, since a blocked read is not a slow one.
        var options = ConfigurationOptions.Parse($"{connectionString},protocol=resp2,asyncTimeout=30000", ignoreUnknown: true);
        options.ClientName = clientName;
        options.AbortOnConnectFail = false;

        // Current versions of the library count CLIENT among the commands that must be allowed.
        options.AllowAdmin = true;
        return OwnConnection.OpenAsync(
            options, limit ?? TimeSpan.FromMilliseconds(options.ConnectTimeout) + Grace, time, cancellationToken);
    }

    private async Task<ConnectionMultiplexer> OpenForReadsAsync(CancellationToken stop)
    {
        var connection = await OpenAsync(null, stop);
        connection.ConnectionFailed += (_, _) => _clientId = null;
        connection.ConnectionRestored += (_, _) => _clientId = null;
        _clientId = null;
        return connection;
    }

    private static Task<RedisResult> AskClientId(IDatabase database)
    {
        var clientId = database.ExecuteAsync("CLIENT", "ID");
        SharedRedis.Observe(clientId);
        return clientId;
    }

    private void Drop()
    {
        var connection = Interlocked.Exchange(ref _connection, null);
        _failingSince = null;
        if (connection is not null)
        {
            OwnConnection.Close(connection);
        }
    }
}
