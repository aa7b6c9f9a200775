using Microsoft.Extensions.Logging;
using RedisFlow.Streams.Telemetry;
using StackExchange.Redis;

namespace RedisFlow.Streams.Redis;

/// <summary>
/// Makes the application's connection look for the master as soon as something says that it is another one. By itself the client looks once a
/// minute, and until then sends every write to a server that refuses it. The connection's own events tell of all that use it: the engine, the cache,
/// handlers and services.
/// </summary>
internal sealed class MasterWatch(TimeProvider time, ILogger<MasterWatch> logger) : IDisposable
{
    /// <summary>How long to wait between two looks: a server under failover must not be asked by every client all the time.</summary>
    internal static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How often to look, after the last sign, for the successor of a cluster's dead master. A cluster takes its node timeout (15 s by default) and a
    /// moment to name one; a master that is missing for longer has none, and the client's own looks are enough.
    /// </summary>
    private const int MostLooks = 60;

    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _end = new();
    private IConnectionMultiplexer? _watched;
    private bool _isLooking;
    private bool _isDue;

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

        logger.MasterLookedFor(reason);
        _ = LookAsync(connection, _end.Token);
    }

    /// <summary>Looks once, and again while there were new signs or no master is known.</summary>
    private async Task LookAsync(IConnectionMultiplexer connection, CancellationToken end)
    {
        // Away from the reader of the connection, which raised the event.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        for (var looks = 1; !end.IsCancellationRequested; looks++)
        {
            lock (_gate)
            {
                looks = _isDue ? 1 : looks;
                _isDue = false;
            }

            try
            {
                await connection.ConfigureAsync().ConfigureAwait(false);
                await Task.Delay(Pause, time, end).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                // The application ends.
            }
            catch (Exception exception) when (RedisFaults.IsRedisFault(exception))
            {
                // Told by the commands that fail.
                logger.MasterLookFailed(exception);
            }

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
            || (looks < MostLooks && masters.Any(server => server.ServerType == ServerType.Cluster && !server.IsConnected));
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
