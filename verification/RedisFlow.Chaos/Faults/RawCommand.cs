using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace RedisFlow.Chaos.Faults;

/// <summary>
/// Sends one command to Redis over a connection of its own, and reads the first line of the reply. A fault must come
/// when the schedule says, not when a client library has finished its handshake.
/// </summary>
internal static class RawCommand
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    /// <summary>Runs the command.</summary>
    /// <returns>The reply's first line without its type, e.g. <c>OK</c> or <c>1</c>.</returns>
    /// <exception cref="IOException">Redis closed the connection, or answered with an error.</exception>
    /// <exception cref="SocketException">Redis does not listen.</exception>
    public static async Task<string> RunAsync(int port, string[] command, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port, limit.Token);
        var request = new StringBuilder().Append(CultureInfo.InvariantCulture, $"*{command.Length}\r\n");
        foreach (var argument in command)
        {
            request.Append(CultureInfo.InvariantCulture, $"${Encoding.UTF8.GetByteCount(argument)}\r\n{argument}\r\n");
        }

        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.UTF8.GetBytes(request.ToString()), limit.Token);
        using var reader = new StreamReader(stream);
        var reply = await reader.ReadLineAsync(limit.Token);
        return reply is null or "" or ['-', ..]
            ? throw new IOException($"Redis answered {command[0]} with '{reply}'.")
            : reply[1..];
    }
}
