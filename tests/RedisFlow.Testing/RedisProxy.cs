using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace RedisFlow.Testing;

/// <summary>
/// A TCP proxy in front of Redis. It can lose what Redis answers, while everything sent to Redis still arrives:
/// commands run, and no client learns of it. It can hold everything up, it can end all connections, and it can lead to
/// another server, as a failover does.
/// </summary>
public sealed class RedisProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly HashSet<TcpClient> _open = [];
    private readonly Task _accepting;
    private volatile int _target;
    private bool _losesReplies;
    private long _lost;
    private volatile TaskCompletionSource _flowing = Flowing();

    /// <summary>Listens on a free port of 127.0.0.1.</summary>
    /// <param name="target">The port of Redis.</param>
    public RedisProxy(int target)
    {
        _target = target;
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    /// <summary>The port to connect to.</summary>
    public int Port { get; }

    /// <summary>The connection string of Redis behind this proxy.</summary>
    public string ConnectionString =>
        string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Port},abortConnect=false,connectTimeout=2000");

    /// <summary>Bytes of replies lost so far.</summary>
    public long Lost => Interlocked.Read(ref _lost);

    /// <summary>Loses every reply from now on.</summary>
    public void LoseReplies()
    {
        lock (_open)
        {
            _losesReplies = true;
        }
    }

    /// <summary>
    /// Ends every connection; those that follow are let through, and lose their replies where the ones before did.
    /// </summary>
    public void Cut()
    {
        lock (_open)
        {
            CloseAll();
        }
    }

    /// <summary>
    /// Ends every connection; those that follow work, and lead to <paramref name="target"/> if it is set. Connections
    /// must end before replies pass again: with a hole in it, a stream of replies would answer the wrong commands,
    /// which TCP never does.
    /// </summary>
    /// <param name="target">The port of another server.</param>
    public void Reset(int? target = null)
    {
        lock (_open)
        {
            // In one step: a connection that lost anything was open before it, and is closed in it.
            _target = target ?? _target;
            CloseAll();
            _losesReplies = false;
        }
    }

    /// <summary>
    /// Holds up everything in both directions from now on, as a network without a word from either side does. Nothing
    /// is lost.
    /// </summary>
    public void BeginStall() => _flowing = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Lets everything go on, beginning with what was held up.</summary>
    public void EndStall() => _flowing.TrySetResult();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        EndStall();
        _listener.Stop();
        Cut();
        await _accepting;
        _listener.Dispose();
        _stop.Dispose();
    }

    private static TaskCompletionSource Flowing()
    {
        var flowing = new TaskCompletionSource();
        flowing.SetResult();
        return flowing;
    }

    // The caller holds the lock.
    private void CloseAll()
    {
        foreach (var client in _open)
        {
            client.Dispose();
        }

        _open.Clear();
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                _ = ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token));
            }
            catch (Exception exception)
                when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // A client that vanished before it was accepted, or the end.
            }
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var near = client;
        using var far = new TcpClient { NoDelay = true };
        near.NoDelay = true;
        try
        {
            int target;
            lock (_open)
            {
                // Before anything can be read from it, hence lost.
                _open.Add(near);
                _open.Add(far);
                target = _target;
            }

            await far.ConnectAsync(IPAddress.Loopback, target, _stop.Token);

            // When one direction ends, the using statements end the other.
            await await Task.WhenAny(
                CopyAsync(near.GetStream(), far.GetStream(), isReply: false),
                CopyAsync(far.GetStream(), near.GetStream(), isReply: true)
            );
        }
        catch (Exception exception)
            when (exception
                    is IOException
                        or SocketException
                        or ObjectDisposedException
                        or OperationCanceledException
                        or InvalidOperationException
            )
        {
            // A connection that ends is this class's trade.
        }
        finally
        {
            lock (_open)
            {
                _open.Remove(near);
                _open.Remove(far);
            }
        }
    }

    private async Task CopyAsync(NetworkStream from, NetworkStream to, bool isReply)
    {
        var buffer = new byte[16 * 1024];
        while (await from.ReadAsync(buffer, _stop.Token) is > 0 and var count)
        {
            if (isReply && IsLosingReplies())
            {
                Interlocked.Add(ref _lost, count);
                continue;
            }

            await _flowing.Task;
            await to.WriteAsync(buffer.AsMemory(0, count), _stop.Token);
        }
    }

    private bool IsLosingReplies()
    {
        lock (_open)
        {
            return _losesReplies;
        }
    }
}
