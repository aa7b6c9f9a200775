using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace RedisFlow.Testing;

/// <summary>
/// Finds ports for servers that stop and start again on the same one: below those that the system gives to outgoing
/// connections and to processes that ask for any port, so that no process takes the port of a server while it is down.
/// </summary>
public static class FreePort
{
    private const int First = 12_000;
    private const int End = 32_000;

    private static readonly ConcurrentDictionary<int, bool> Given = new();

    /// <summary>
    /// A port of 127.0.0.1 on which no process listens, and that was not given before by this process: its server may
    /// be about to start.
    /// </summary>
    public static int Find()
    {
        while (true)
        {
            // Which port is no secret.
#pragma warning disable CA5394
            var port = Random.Shared.Next(First, End);
#pragma warning restore CA5394
            if (!Given.TryAdd(port, true))
            {
                continue;
            }

            using var listener = new TcpListener(IPAddress.Loopback, port);
            try
            {
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // A process listens there.
            }
        }
    }
}
