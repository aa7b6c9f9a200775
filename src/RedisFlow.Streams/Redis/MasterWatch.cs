using Microsoft.Extensions.Logging;
using RedisFlow.Streams.Telemetry;
using StackExchange.Redis;

namespace RedisFlow.Streams.Redis;

/// <summary>
/// Makes the application's connection look for the master as soon as something says that it is another one. By itself
/// the client looks once a minute, and until then sends every write to a server that refuses it. The connection's own
/// events tell of all that use it: the engine, the cache, handlers and services.
/// </summary>
internal sealed class MasterWatch : IDisposable
{
    /// <summary>
    /// How long to wait between two looks: a server under failover must not be asked by every client all the time.
    /// </summary>
    internal static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How often to look, after the last sign, for the successor of a cluster's dead master. A cluster takes its node
    /// timeout (15 s by default) and a moment to name one; a master that is missing for longer has none, and the
    /// client's own looks are enough.
    /// </summary>
    private const int MostLooks = 60;

    private readonly TimeProvider _time;
    private readonly ILogger<MasterWatch> _logger;
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _end = new();

    // The source has none to give once it is disposed, and events still come then.
    private readonly CancellationToken _ended;
    private IConnectionMultiplexer? _watched;
    private bool _isLooking;
    private bool _isDue;

    public MasterWatch(TimeProvider time, ILogger<MasterWatch> logger)
    {
        _time = time;
        _logger = logger;
        _ended = _end.Token;
    }

    /// <summary>Watches this connection, in place of the one before. Does nothing if it is watched already.</summary>
    public void Watch(IConnectionMultiplexer connection)
    {
        if (ReferenceEquals(Volatile.Read(ref _watched), connection))
        {
            return;
        }

        lock (_gate)
        {
            if (_end.IsCancellationRequested || ReferenceEquals(_watched, connection))
            {
                return;
            }

            Unsubscribe();
            connection.ErrorMessage += OnError;
            connection.ConnectionFailed += OnFailed;
            _watched = connection;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            Unsubscribe();
            _end.Cancel();
        }

        _end.Dispose();
    }

    private void OnError(object? sender, RedisErrorEventArgs error)
    {
        if (RedisFaults.IsRefusalOfReplica(error.Message))
        {
            LookAgain(error.Message);
        }
    }

    private void OnFailed(object? sender, ConnectionFailedEventArgs failure)
    {
        if (failure.ConnectionType == ConnectionType.Interactive)
        {
            LookAgain($"{failure.EndPoint}: {failure.FailureType}");
        }
    }

    private void LookAgain(string reason)
    {
        IConnectionMultiplexer connection;
        lock (_gate)
        {
            _isDue = true;
            if (_isLooking || _watched is null)
            {
                return;
            }

            _isLooking = true;
            connection = _watched;
        }

        _logger.MasterLookedFor(reason);
        _ = LookAsync(connection);
    }

    /// <summary>Looks once, and again while there were new signs or no master is known.</summary>
    private async Task LookAsync(IConnectionMultiplexer connection)
    {
        // Away from the reader of the connection, which raised the event.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        for (var looks = 1; !_ended.IsCancellationRequested; looks++)
        {
            lock (_gate)
            {
                looks = _isDue ? 1 : looks;
                _isDue = false;
            }

            try
            {
                await connection.ConfigureAsync().ConfigureAwait(false);
            }
            catch (ObjectDisposedException)
            {
                // It is not used any more. Another connection may be watched by now.
                lock (_gate)
                {
                    _isLooking = false;
                }

                return;
            }
#pragma warning disable CA1031 // Whatever it is, it must not end all further looks. Told by the commands that fail.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                _logger.MasterLookFailed(exception);
            }

            // Also after a look that failed at once.
            await Task.Delay(Pause, _time, _ended).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            lock (_gate)
            {
                if (!_isDue && !MissesMaster(connection, looks))
                {
                    _isLooking = false;
                    return;
                }
            }
        }
    }

    private static bool MissesMaster(IConnectionMultiplexer connection, int looks)
    {
        // A look at a disposed connection, or at one that is being set up, finds nothing to look for.
        var masters = connection.GetServers().Where(server => !server.IsReplica).ToArray();
        return !masters.Any(server => server.IsConnected)
            || (
                looks < MostLooks
                && masters.Any(server => server.ServerType == ServerType.Cluster && !server.IsConnected)
            );
    }

    // The caller holds the lock.
    private void Unsubscribe()
    {
        if (_watched is not null)
        {
            _watched.ErrorMessage -= OnError;
            _watched.ConnectionFailed -= OnFailed;
            _watched = null;
        }
    }
}
