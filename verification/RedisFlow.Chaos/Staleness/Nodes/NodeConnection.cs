using System.Globalization;
using System.Net;
using System.Net.Sockets;
using RedisFlow.Chaos.Staleness.Judging;
using RedisFlow.Streams;

namespace RedisFlow.Chaos.Staleness.Nodes;

/// <summary>The harness's connection to a node. One request at a time.</summary>
internal sealed class NodeConnection : IDisposable
{
    private readonly TcpClient _client;
    private readonly StreamReader _reader;
    private readonly StreamWriter _writer;

    private NodeConnection(TcpClient client)
    {
        _client = client;
        _reader = new StreamReader(client.GetStream());
        _writer = new StreamWriter(client.GetStream()) { NewLine = "\n" };
    }

    /// <summary>Connects.</summary>
    /// <exception cref="SocketException">The node does not listen.</exception>
    public static async Task<NodeConnection> OpenAsync(int port, CancellationToken cancellationToken)
    {
        var client = new TcpClient { NoDelay = true };
        try
        {
            await client.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
            return new NodeConnection(client);
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    /// <summary>Reads a key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="position">What the node must have applied before; <c>null</c> for whatever it has.</param>
    /// <param name="cancellationToken">Ends the wait; the connection cannot be used then.</param>
    /// <exception cref="IOException">The connection ended.</exception>
    public async Task<NodeReply> ReadAsync(int key, MessagePosition? position, CancellationToken cancellationToken)
    {
        await SendAsync(
            position is { } applied
                ? string.Create(CultureInfo.InvariantCulture, $"read {key} {applied}")
                : string.Create(CultureInfo.InvariantCulture, $"read {key}"),
            cancellationToken
        );
        var reply = (await ReceiveAsync(cancellationToken)).Split(' ');
        return new NodeReply(Enum.Parse<ReadOutcome>(reply[0]), long.Parse(reply[1], CultureInfo.InvariantCulture));
    }

    /// <summary>Whether the node has applied the position, after waiting for it for a while.</summary>
    public async Task<bool> HasAppliedAsync(
        MessagePosition position,
        TimeSpan limit,
        CancellationToken cancellationToken
    )
    {
        await SendAsync(
            string.Create(CultureInfo.InvariantCulture, $"applied {position} {(int)limit.TotalMilliseconds}"),
            cancellationToken
        );
        return bool.Parse(await ReceiveAsync(cancellationToken));
    }

    /// <summary>What the node's memory serves.</summary>
    public Task<IReadOnlyList<StoredVersion>> L1Async(CancellationToken cancellationToken) =>
        StoredAsync("l1", cancellationToken);

    /// <summary>What Redis serves through the node.</summary>
    public Task<IReadOnlyList<StoredVersion>> L2Async(CancellationToken cancellationToken) =>
        StoredAsync("l2", cancellationToken);

    /// <summary>What the node's cache counted.</summary>
    public async Task<IReadOnlyDictionary<string, long>> CountersAsync(CancellationToken cancellationToken) =>
        (await ListAsync("counters", cancellationToken)).ToDictionary(line => line.Name, line => line.Value);

    /// <inheritdoc/>
    public void Dispose()
    {
        // Not the writer: it would flush into a connection that may have ended.
        _client.Dispose();
        _reader.Dispose();
    }

    private async Task<IReadOnlyList<StoredVersion>> StoredAsync(string what, CancellationToken cancellationToken) =>
        [
            .. (await ListAsync(what, cancellationToken)).Select(line => new StoredVersion(
                int.Parse(line.Name, CultureInfo.InvariantCulture),
                line.Value
            )),
        ];

    private async Task<List<(string Name, long Value)>> ListAsync(string what, CancellationToken cancellationToken)
    {
        await SendAsync(what, cancellationToken);
        var lines = new List<(string Name, long Value)>();
        while (await ReceiveAsync(cancellationToken) is var line and not NodeListener.End)
        {
            var parts = line.Split(' ');
            lines.Add((parts[0], long.Parse(parts[1], CultureInfo.InvariantCulture)));
        }

        return lines;
    }

    private async Task SendAsync(string line, CancellationToken cancellationToken)
    {
        await _writer.WriteLineAsync(line.AsMemory(), cancellationToken);
        await _writer.FlushAsync(cancellationToken);
    }

    private async Task<string> ReceiveAsync(CancellationToken cancellationToken) =>
        await _reader.ReadLineAsync(cancellationToken) ?? throw new IOException("The node hung up.");
}
