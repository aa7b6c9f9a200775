using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace RedisFlow.Aspire.Hosting;

/// <summary>
/// Finds a port for a server that stops and starts again on the same one: below those that systems give to outgoing
/// connections and to programs that ask for any port (from 32768 on Linux, from 49152 elsewhere), so that no program
/// takes the port of a server while it is down.
/// </summary>
internal static class FreePort
{
    private const int First = 12_000;
    private const int End = 32_000;

    private static readonly ConcurrentDictionary<int, bool> Given = new();

    /// <summary>
    /// A port of the loopback interface that no process listens on, and that was not given to another server of this
    /// AppHost, which may be about to start.
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
