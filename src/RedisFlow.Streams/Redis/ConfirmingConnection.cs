using System.Globalization;
using StackExchange.Redis;

namespace RedisFlow.Streams.Redis;

/// <summary>
/// A connection of its own to the master that serves a stream, whose writes replicas confirm. WAIT holds up everything
/// behind it on its connection, so the shared one cannot carry it, and counts what was written on its own connection.
/// Confirmations are asked for one at a time; those that are wanted meanwhile share the next. Not opened again: a
/// confirmation on another connection would say nothing about the writes on this one.
/// </summary>
internal sealed class ConfirmingConnection : IRedisSender, IDisposable
{
    /// <summary>How long the fence lives; each confirmation writes it again, and takes a minute at most.</summary>
    private static readonly TimeSpan FenceLife = TimeSpan.FromMinutes(10);

    private readonly ConnectionMultiplexer _connection;
    private readonly StreamKeys _keys;
    private readonly StreamDurabilityOptions _required;
    private readonly string _mark = $"durable-{Guid.NewGuid():N}";
    private readonly Lock _gate = new();
    private Task _running = Task.CompletedTask;
    private Task<Confirmation>? _next;
    private volatile bool _isBroken;

    private ConfirmingConnection(ConnectionMultiplexer connection, StreamKeys keys, StreamDurabilityOptions required)
    {
        _connection = connection;
        _keys = keys;
        _required = required;
        connection.ConnectionFailed += OnFailed;
    }

    /// <summary>
    /// Where the key is not served any more, a command must fail: what another server does is beyond this connection.
    /// </summary>
    public CommandFlags Flags => CommandFlags.DemandMaster | CommandFlags.NoRedirect;

    /// <summary>
    /// Whether it was seen to break, or was closed: nothing that is written from now on could be confirmed.
    /// </summary>
    public bool IsBroken => _isBroken;

    /// <summary>Opens a connection, and makes sure that its server knows the command that waits.</summary>
    /// <exception cref="RedisException">The master could not be reached, or refuses to wait: it is too old, its
    /// append-only file is off, or an ACL forbids it.</exception>
    public static async Task<ConfirmingConnection> OpenAsync(
        string connectionString,
        string clientName,
        StreamKeys keys,
        StreamDurabilityOptions required,
        CancellationToken cancellationToken
    )
    {
        var options = OwnConnection.Options(connectionString, clientName);

        // A command may stand behind one that waits.
        options.AsyncTimeout += (int)required.Timeout.TotalMilliseconds;

        // The client counts CLIENT among the commands that must be allowed.
        options.AllowAdmin = true;
        var connection = new ConfirmingConnection(
            await OwnConnection.OpenAsync(options, keys.Stream, cancellationToken).ConfigureAwait(false),
            keys,
            required
        );
        try
        {
            await OrUnknownAsync(connection.PrepareAsync().OrAbandon(cancellationToken), cancellationToken)
                .ConfigureAwait(false);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public Task<T> SendAsync<T>(Func<IDatabase, Task<T>> command, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return OrUnknownAsync(command(_connection.GetDatabase()).OrAbandon(cancellationToken), cancellationToken);
    }

    /// <summary>
    /// Waits until the replicas have everything that this connection was seen to have written, or the time is up.
    /// </summary>
    /// <returns>Who has it.</returns>
    /// <exception cref="RedisException">The connection broke, or its server serves the stream no more: nothing is
    /// known.</exception>
    /// <exception cref="TimeoutException">The server did not answer: nothing is known.</exception>
    /// <exception cref="ObjectDisposedException">The connection was closed: nothing is known.</exception>
    public Task<Confirmation> ConfirmAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            // One that has begun does not cover what was written since.
            return (_next ??= ConfirmAfterAsync(_running)).OrAbandon(cancellationToken);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _isBroken = true;
        _connection.ConnectionFailed -= OnFailed;
        OwnConnection.Close(_connection);
    }

    private async Task<Confirmation> PrepareAsync()
    {
        var database = _connection.GetDatabase();

        // The client gives its own name again to the connection that follows a broken one.
        await database.ExecuteAsync("CLIENT", ["SETNAME", _mark], Flags).ConfigureAwait(false);
        return await WaitAsync(database, replicas: 0, TimeSpan.FromMilliseconds(1)).ConfigureAwait(false);
    }

    private async Task<Confirmation> ConfirmAfterAsync(Task running)
    {
        // Away from the lock in any case, and from the reader of the connection: publishers whose replies it reads next
        // share this confirmation.
        await running.ConfigureAwait(ConfigureAwaitOptions.ForceYielding | ConfigureAwaitOptions.SuppressThrowing);
        lock (_gate)
        {
            _running = _next!;
            _next = null;
        }

        return await OrUnknownAsync(ConfirmNowAsync(), CancellationToken.None).ConfigureAwait(false);
    }

    private async Task<Confirmation> ConfirmNowAsync()
    {
        var database = _connection.GetDatabase();

        // WAIT waits for the last write of its connection, from Redis 7.2 on no further. A message whose id was known
        // wrote nothing.
        var fence = database.StringSetAsync(_keys.Fence, _mark, FenceLife, When.Always, Flags);
        var wait = WaitAsync(database, _required.Replicas, _required.Timeout);
        var exists = database.KeyExistsAsync([_keys.Fence, _keys.Stream, _keys.Delayed, _keys.DelayedMessages], Flags);
        var mark = database.ExecuteAsync("CLIENT", ["GETNAME"], Flags);
        await Task.WhenAll(fence, wait, exists, mark).ConfigureAwait(false);
        if ((string?)await mark.ConfigureAwait(false) != _mark)
        {
            throw Unknown(
                "The connection broke after the write; what was counted on the next one says nothing about it."
            );
        }

        // A slot that moved has other replicas now; then the server answers MOVED, or all its data was removed. Of one
        // that moves key by key, it answers TRYAGAIN or ASK as soon as one of the keys that may have the message is
        // gone.
        if (await exists.ConfigureAwait(false) == 0)
        {
            throw Unknown("The data of the stream is not on this server any more.");
        }

        return await wait.ConfigureAwait(false);
    }

    private async Task<Confirmation> WaitAsync(IDatabase database, int replicas, TimeSpan timeout)
    {
        var milliseconds = ((long)timeout.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
        if (!_required.Fsync)
        {
            return new Confirmation(
                (int)
                    RedisReply.Integer(
                        await database.ExecuteAsync("WAIT", [replicas, milliseconds], Flags).ConfigureAwait(false)
                    ),
                IsFsynced: null
            );
        }

        var reply = RedisReply.Items(
            await database.ExecuteAsync("WAITAOF", [1, replicas, milliseconds], Flags).ConfigureAwait(false)
        );
        return new Confirmation((int)RedisReply.Integer(reply[1]), IsFsynced: RedisReply.Integer(reply[0]) >= 1);
    }

    /// <summary>
    /// The client cancels a command that it could not send, as it finds out only then that the connection broke.
    /// </summary>
    private static async Task<T> OrUnknownAsync<T>(Task<T> call, CancellationToken cancellationToken)
    {
        try
        {
            return await call.ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw Unknown("The connection broke before the command was sent.");
        }
    }

    private void OnFailed(object? sender, ConnectionFailedEventArgs failure)
    {
        if (failure.ConnectionType == ConnectionType.Interactive)
        {
            _isBroken = true;
        }
    }

    private static RedisConnectionException Unknown(string message) =>
        new(ConnectionFailureType.SocketClosed, CommandFlags.NoRedirect, message);
}
