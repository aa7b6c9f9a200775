using System.Globalization;
using System.Net;
using StackExchange.Redis;

namespace RedisFlow.Streams.Redis;

/// <summary>
/// A connection of its own for one blocking loop: a blocked read holds up everything behind it, so nothing else may
/// share it. One read at a time. It leads to the master that serves the key. A failed read ends the connection; the
/// next read looks for the master again and opens another one.
/// </summary>
internal sealed class BlockingConnection(string connectionString, string clientName, RedisKey key, TimeProvider time)
    : IAsyncDisposable
{
    /// <summary>How much longer than BLOCK a read may take before the connection counts as dead.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(8);

    /// <summary>How long a stop waits for the server to release the blocked read.</summary>
    private static readonly TimeSpan UnblockLimit = TimeSpan.FromMilliseconds(500);

    private ConnectionMultiplexer? _connection;

    // The id by which the server can be asked to release the read.
    private Task<RedisResult>? _clientId;

    /// <summary>
    /// Runs a blocking read. When <paramref name="stop"/> is cancelled, the server is asked to end it, and what it
    /// returned until then is returned.
    /// </summary>
    /// <returns>The reply; <c>null</c> if the stop came first and the server did not release the read in
    /// time.</returns>
    /// <exception cref="TimeoutException">No answer: what the server delivered to this read, if anything, is in the
    /// pending list.</exception>
    public async Task<RedisResult?> ReadAsync(
        string command,
        object[] arguments,
        TimeSpan block,
        CancellationToken stop
    ) => (await ReadAsync(command, arguments, null, block, stop).ConfigureAwait(false)).Reply;

    /// <summary>
    /// Runs a blocking read, and asks in the same round trip whether a key exists. The server looks for it once the
    /// read has ended.
    /// </summary>
    /// <inheritdoc cref="ReadAsync(string, object[], TimeSpan, CancellationToken)"/>
    public async Task<(RedisResult? Reply, bool Exists)> ReadAsync(
        string command,
        object[] arguments,
        RedisKey? exists,
        TimeSpan block,
        CancellationToken stop
    )
    {
        stop.ThrowIfCancellationRequested();
        try
        {
            _connection ??= await OwnConnection.OpenAsync(Options(), key, stop).ConfigureAwait(false);
            var database = _connection.GetDatabase();
            var clientId = _clientId ??= AskClientId(database);

            // Where the key is not served any more, the read must fail, so that the next one begins with a search for
            // the master.
            var read = database.ExecuteAsync(command, arguments, CommandFlags.DemandMaster | CommandFlags.NoRedirect);
            AbandonedTask.Observe(read);
            var asked = exists is { } other
                ? database.KeyExistsAsync(other, CommandFlags.DemandMaster | CommandFlags.NoRedirect)
                : Task.FromResult(false);
            AbandonedTask.Observe(asked);
            var reply = await AwaitReadAsync(read, clientId, _connection.GetEndPoints()[0], block, stop)
                .ConfigureAwait(false);
            return (
                reply,
                reply is not null && await asked.WaitAsync(Grace, time, CancellationToken.None).ConfigureAwait(false)
            );
        }
        catch (Exception exception) when (RedisFaults.IsEndOfConnection(exception))
        {
            // The read may still be blocked on the server. Closing its connection ends it there, so that it swallows no
            // further entries.
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
        Task<RedisResult> read,
        Task<RedisResult> clientId,
        EndPoint server,
        TimeSpan block,
        CancellationToken stop
    )
    {
        try
        {
            return await read.WaitAsync(block + Grace, time, stop).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            try
            {
                var unblock = UnblockAsync(clientId, server);
                AbandonedTask.Observe(unblock);
                await unblock.WaitAsync(UnblockLimit, time, CancellationToken.None).ConfigureAwait(false);
                return await read.WaitAsync(UnblockLimit, time, CancellationToken.None).ConfigureAwait(false);
            }
            catch (Exception exception) when (RedisFaults.IsRedisFault(exception))
            {
                // Left blocked, it would take entries for which no read waits.
                Drop();
                return null;
            }
        }
    }

    private async Task UnblockAsync(Task<RedisResult> clientId, EndPoint server)
    {
        var id = RedisReply.Integer(await clientId.ConfigureAwait(false));

        // Over a connection of its own: the blocked one cannot carry it, and the shared one need not allow CLIENT.
        // To the same server: another one would release another client, or none.
        var options = OwnConnection.OnlyTo(Options(), server);
        options.ConnectTimeout = (int)UnblockLimit.TotalMilliseconds;
        var control = await OwnConnection.OpenAsync(options, CancellationToken.None).ConfigureAwait(false);
        try
        {
            await control
                .GetDatabase()
                .ExecuteAsync("CLIENT", "UNBLOCK", id.ToString(CultureInfo.InvariantCulture))
                .ConfigureAwait(false);
        }
        finally
        {
            OwnConnection.Close(control);
        }
    }

    private ConfigurationOptions Options()
    {
        var options = OwnConnection.Options(connectionString, clientName);

        // Far above BLOCK, since a blocked read is not a slow one: the limit of a read is the one above.
        options.AsyncTimeout = 30_000;

        // The client counts CLIENT among the commands that must be allowed.
        options.AllowAdmin = true;
        return options;
    }

    private static Task<RedisResult> AskClientId(IDatabase database)
    {
        var clientId = database.ExecuteAsync("CLIENT", "ID");
        AbandonedTask.Observe(clientId);
        return clientId;
    }

    private void Drop()
    {
        _clientId = null;
        if (Interlocked.Exchange(ref _connection, null) is { } connection)
        {
            OwnConnection.Close(connection);
        }
    }
}
