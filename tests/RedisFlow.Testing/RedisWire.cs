using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace RedisFlow.Testing;

/// <summary>
/// Asks one server one thing over a connection of its own. The client library would look for the other servers of a
/// cluster, and refuses what a test wants of a node that is half set up.
/// </summary>
public static class RedisWire
{
    /// <summary>Sends a command and reads its reply.</summary>
    /// <param name="port">The port of 127.0.0.1.</param>
    /// <param name="command">The command and its arguments.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The reply; the elements of nested arrays one after the other. Bytes are Latin-1 characters, so that any
    /// key survives.</returns>
    /// <exception cref="InvalidOperationException">The server answered with an error.</exception>
    public static async Task<string[]> AskAsync(
        int port,
        IReadOnlyList<string> command,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(command);
        var request = new StringBuilder();
        request.Append(CultureInfo.InvariantCulture, $"*{command.Count}\r\n");
        foreach (var argument in command)
        {
            request.Append(CultureInfo.InvariantCulture, $"${argument.Length}\r\n{argument}\r\n");
        }

        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
        await client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(request.ToString()), cancellationToken);
        using var reader = new StreamReader(client.GetStream(), Encoding.Latin1);
        var reply = new List<string>();
        await ReadAsync(reader, reply, cancellationToken);
        return [.. reply];
    }

    private static async Task ReadAsync(StreamReader reader, List<string> reply, CancellationToken cancellationToken)
    {
        var line =
            await reader.ReadLineAsync(cancellationToken) ?? throw new IOException("The server ended the connection.");
        var text = line[1..];
        switch (line[0])
        {
            case '+' or ':':
                reply.Add(text);
                break;
            case '$' when text != "-1":
                var bulk = new char[int.Parse(text, CultureInfo.InvariantCulture) + 2];
                if (await reader.ReadBlockAsync(bulk, cancellationToken) < bulk.Length)
                {
                    throw new IOException("The server ended the connection.");
                }

                reply.Add(new string(bulk, 0, bulk.Length - 2));
                break;
            case '*':
                for (var rest = int.Parse(text, CultureInfo.InvariantCulture); rest > 0; rest--)
                {
                    await ReadAsync(reader, reply, cancellationToken);
                }

                break;
            case '$':
                reply.Add("");
                break;
            default:
                throw new InvalidOperationException(text);
        }
    }
}
