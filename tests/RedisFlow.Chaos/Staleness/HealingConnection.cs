using System.Diagnostics;
using StackExchange.Redis;

namespace RedisFlow.Chaos.Staleness;

/// <summary>
/// The connection that the probe itself reads and writes the source of truth by. After some faults the client library (1.2.6) does not use its connection again, for good;
/// the probe would then see nothing of the caches. So it opens another one when nothing has succeeded for a while. Thread-safe.
/// </summary>
internal sealed class HealingConnection : IDisposable
{
    /// <summary>How long nothing may succeed: longer than the library needs to connect again by itself.</summary>
    private static readonly TimeSpan FailingLimit = TimeSpan.FromSeconds(3);

    private readonly string _target;
    private volatile ConnectionMultiplexer _connection;
    private long _failingSince;
    private int _isReplacing;
    private volatile bool _isDisposed;

    /// <summary>Connects.</summary>
    /// <param name="target">Where.</param>
    public HealingConnection(string target)
    {
        _target = target;
        _connection = ConnectionMultiplexer.Connect(target);
    }

    /// <summary>To be asked for anew before each command.</summary>
    public IDatabase Database => _connection.GetDatabase();

    /// <summary>A command succeeded.</summary>
    public void Succeeded() => Volatile.Write(ref _failingSince, 0);

    /// <summary>A command failed.</summary>
    public void Failed()
    {
        var now = Stopwatch.GetTimestamp();
        var since = Interlocked.CompareExchange(ref _failingSince, now, 0);
        if (since != 0 && Stopwatch.GetElapsedTime(since, now) > FailingLimit && Interlocked.Exchange(ref _isReplacing, 1) == 0)
        {
            _ = ReplaceAsync();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _isDisposed = true;
        Close(_connection);
    }

    private async Task ReplaceAsync()
    {
        try
        {
            var old = _connection;
            _connection = await ConnectionMultiplexer.ConnectAsync($"{_target},abortConnect=true");
            Succeeded();
            Close(_isDisposed ? _connection : old);
        }
        catch (Exception exception) when (exception is RedisException or IOException or TimeoutException)
        {
            // Redis cannot be reached at all: the next failure tries again.
        }
        finally
        {
            Volatile.Write(ref _isReplacing, 0);
        }
    }

    // On a thread of its own: some versions of the library wait for a server that does not answer.
    private static void Close(ConnectionMultiplexer connection) => _ = Task.Run(() => connection.Close(allowCommandsToComplete: false));
}
