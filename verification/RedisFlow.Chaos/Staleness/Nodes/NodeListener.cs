using System.Globalization;
using System.Net;
using System.Net.Sockets;
using RedisFlow.Streams;

namespace RedisFlow.Chaos.Staleness.Nodes;

/// <summary>
/// Answers the harness on 127.0.0.1, a line for a line, one request of a connection after the other:
/// <code>
/// read KEY              OUTCOME VERSION
/// read KEY POSITION     the same, after the position was applied
/// applied POSITION MS   true or false
/// l1, l2        a line KEY VERSION for each entry, then a dot
/// counters              a line NAME VALUE for each, then a dot
/// </code>
/// </summary>
internal sealed class NodeListener : IAsyncDisposable
{
    /// <summary>The line after the last one of a list.</summary>
    public const string End = ".";

    private readonly INode _node;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;

    /// <summary>Listens on a free port.</summary>
    public NodeListener(INode node)
    {
        _node = node;
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    /// <summary>The port.</summary>
    public int Port { get; }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _listener.Dispose();
        _stop.Dispose();
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
        using var connection = client;
        connection.NoDelay = true;
        try
        {
            using var reader = new StreamReader(connection.GetStream());
            await using var writer = new StreamWriter(connection.GetStream()) { NewLine = "\n" };
            while (await reader.ReadLineAsync(_stop.Token) is { } line)
            {
                await AnswerAsync(line.Split(' '), writer);
                await writer.FlushAsync(_stop.Token);
            }
        }
        catch (Exception exception)
            when (exception is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The harness hung up.
        }
    }

    private async Task AnswerAsync(string[] request, StreamWriter writer)
    {
        switch (request)
        {
            case ["read", var key]:
                await WriteAsync(writer, await _node.ReadAsync(Number(key)));
                break;
            case ["read", var key, var position]:
                await WriteAsync(
                    writer,
                    await _node.WaitUntilAppliedAsync(MessagePosition.Parse(position), NodeSettings.PositionLimit)
                        ? await _node.ReadAsync(Number(key))
                        : new NodeReply(Judging.ReadOutcome.TimedOut, 0)
                );
                break;
            case ["applied", var position, var milliseconds]:
                await writer.WriteLineAsync(
                    (
                        await _node.WaitUntilAppliedAsync(
                            MessagePosition.Parse(position),
                            TimeSpan.FromMilliseconds(Number(milliseconds))
                        )
                    ).ToString()
                );
                break;
            case ["l1"]:
                await WriteAsync(
                    writer,
                    (await _node.ServedByL1Async()).Select(entry =>
                        (entry.Key.ToString(CultureInfo.InvariantCulture), entry.Version)
                    )
                );
                break;
            case ["l2"]:
                await WriteAsync(
                    writer,
                    (await _node.ServedByL2Async()).Select(entry =>
                        (entry.Key.ToString(CultureInfo.InvariantCulture), entry.Version)
                    )
                );
                break;
            case ["counters"]:
                await WriteAsync(writer, _node.Counters.Select(counter => (counter.Key, counter.Value)));
                break;
            default:
                throw new IOException($"The harness asked '{string.Join(' ', request)}'.");
        }
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static Task WriteAsync(StreamWriter writer, NodeReply reply) =>
        writer.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{reply.Outcome} {reply.Version}"));

    private static async Task WriteAsync(StreamWriter writer, IEnumerable<(string Name, long Value)> lines)
    {
        foreach (var (name, value) in lines)
        {
            await writer.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{name} {value}"));
        }

        await writer.WriteLineAsync(End);
    }
}
