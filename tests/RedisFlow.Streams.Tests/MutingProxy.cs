using System.Net;
using System.Net.Sockets;

namespace RedisFlow.Streams.Tests;

/// <summary>
/// A TCP proxy before Redis that can end all its connections and then accept new ones without ever saying a word on
/// them, as a server does that is too busy for a handshake, or a middlebox that forgot them. Such a connection stays
/// silent when later ones are served again.
/// </summary>
internal sealed class MutingProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly List<TcpClient> _open = [];
    private readonly int _target;
    private readonly Task _accepting;
    private bool _isMute;
    private int _silent;

    /// <summary>Listens on a free port of 127.0.0.1.</summary>
    /// <param name="target">The port of Redis.</param>
    public MutingProxy(int target)
    {
        _target = target;
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    /// <summary>The port to connect to.</summary>
    public int Port { get; }

    /// <summary>Connections that are accepted and silent.</summary>
    public int Silent => Volatile.Read(ref _silent);

    /// <summary>Ends all connections; those that are accepted from now on stay silent.</summary>
    public void Mute()
    {
        lock (_open)
        {
            _isMute = true;
            CloseAll();
        }
    }

    /// <summary>Serves connections that are accepted from now on.</summary>
    public void Unmute()
    {
        lock (_open)
        {
            _isMute = false;
        }
    }

    /// <summary>Ends all connections, the silent ones too.</summary>
    public void Cut()
    {
        lock (_open)
        {
            CloseAll();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        Cut();
        await _accepting;
        _listener.Dispose();
        _stop.Dispose();
    }

    private void CloseAll()
    {
        _open.ForEach(client => client.Dispose());
        _open.Clear();
        _silent = 0;
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                lock (_open)
                {
                    _open.Add(client);
                    if (_isMute)
                    {
                        _silent++;
                        continue;
                    }
                }

                _ = ServeAsync(client);
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
        try
        {
            near.NoDelay = true;
            await far.ConnectAsync(IPAddress.Loopback, _target, _stop.Token);

            // When one direction ends, the using statements end the other.
            await await Task.WhenAny(
                near.GetStream().CopyToAsync(far.GetStream(), _stop.Token),
                far.GetStream().CopyToAsync(near.GetStream(), _stop.Token)
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
    }
}
