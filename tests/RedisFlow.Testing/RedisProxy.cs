using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace RedisFlow.Testing;

/// <summary>
/// A TCP proxy in front of Redis: it can lose replies, while what is sent still arrives, and it can lead to another server, as a failover does.
/// </summary>
public sealed class RedisProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly HashSet<TcpClient> _open = [];
    private readonly Task _accepting;
    private volatile int _target;
    private volatile bool _losesReplies;
    private long _lost;

    /// <summary>Listens on a free port of 127.0.0.1.</summary>
    /// <param name="target">The port of Redis.</param>
    public RedisProxy(int target)
    {
        _target = target;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>The connection string of Redis behind this proxy.</summary>
    public string ConnectionString => string.Create(
        CultureInfo.InvariantCulture, $"127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port},abortConnect=false,connectTimeout=2000");

    /// <summary>Bytes of replies lost so far.</summary>
    public long Lost => Interlocked.Read(ref _lost);

    /// <summary>Loses every reply from now on.</summary>
    public void LoseReplies() => _losesReplies = true;

    /// <summary>Ends every connection; those that follow work, and lead to <paramref name="target"/> if that is given.</summary>
    /// <param name="target">The port of another server.</param>
    public void Reset(int? target = null)
    {
        _target = target ?? _target;
        CloseAll();
        _losesReplies = false;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        CloseAll();
        await _accepting;
        _listener.Dispose();
        _stop.Dispose();
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
                _ = ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token));
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
                _open.Add(near);
                _open.Add(far);
            }

            await far.ConnectAsync(IPAddress.Loopback, _target, _stop.Token);
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
        var hasHole = false;
        while (await from.ReadAsync(buffer, _stop.Token) is > 0 and var count)
        {
            if (isReply && _losesReplies)
            {
                hasHole = true;
                Interlocked.Add(ref _lost, count);
                continue;
            }

            if (hasHole)
            {
                // Replies after a hole would answer the wrong commands, which TCP never does.
                return;
            }

            await to.WriteAsync(buffer.AsMemory(0, count), _stop.Token);
        }
    }
}
