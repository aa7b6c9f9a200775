using System.Net;
using System.Net.Sockets;

namespace RedisFlow.Chaos.Faults;

/// <summary>
/// A TCP proxy in front of Redis. It can drop what Redis answers, while everything sent to Redis still arrives: commands run, and
/// nobody learns of it. It can hold everything up, and it can end all connections.
/// </summary>
internal sealed class FaultyProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly HashSet<TcpClient> _open = [];
    private readonly int _target;
    private readonly Task _accepting;
    private bool _dropping;
    private long _dropped;
    private volatile TaskCompletionSource _flowing = Flowing();

    /// <summary>Listens on a free port of 127.0.0.1.</summary>
    /// <param name="target">The port of Redis.</param>
    public FaultyProxy(int target)
    {
        _target = target;
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    /// <summary>The port to connect to.</summary>
    public int Port { get; }

    /// <summary>Bytes of replies dropped so far.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Drops all replies from now on.</summary>
    public void BeginDrop()
    {
        lock (_open)
        {
            _dropping = true;
        }
    }

    /// <summary>
    /// Ends every connection, then lets replies pass again. The connections must end: with a hole in it, a stream of replies would answer
    /// the wrong commands, which TCP never does.
    /// </summary>
    public void EndDrop()
    {
        lock (_open)
        {
            // In one step: a connection that dropped anything was open before it, and is closed in it.
            CloseAll();
            _dropping = false;
        }
    }

    /// <summary>Ends every connection; new ones are let through.</summary>
    public void Cut()
    {
        lock (_open)
        {
            CloseAll();
        }
    }

    /// <summary>Holds up everything in both directions from now on, as a network without a word from either side does. Nothing is lost.</summary>
    public void BeginStall() => _flowing = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Lets everything go on, beginning with what was held up.</summary>
    public void EndStall() => _flowing.TrySetResult();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        EndStall();
        _listener.Stop();
        CloseAll();
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

    private void CloseAll()
    {
        lock (_open)
        {
            foreach (var client in _open)
            {
                client.Dispose();
            }

            _open.Clear();
        }
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                _ = ServeAsync(client);
            }
            catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
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
            lock (_open)
            {
                // Before anything can be read from it, hence dropped.
                _open.Add(near);
                _open.Add(far);
            }

            await far.ConnectAsync(IPAddress.Loopback, _target, _stop.Token);

            // When one direction ends, the using statements end the other.
            await await Task.WhenAny(
                CopyAsync(near.GetStream(), far.GetStream(), isReply: false), CopyAsync(far.GetStream(), near.GetStream(), isReply: true));
        }
        catch (Exception exception) when (exception is IOException or SocketException or ObjectDisposedException or OperationCanceledException
            or InvalidOperationException)
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
            if (isReply && IsDropping())
            {
                Interlocked.Add(ref _dropped, count);
                continue;
            }

            await _flowing.Task;
            await to.WriteAsync(buffer.AsMemory(0, count), _stop.Token);
        }
    }

    private bool IsDropping()
    {
        lock (_open)
        {
            return _dropping;
        }
    }
}
