using System.Diagnostics;
using System.Net.Sockets;
using RedisFlow.Chaos.Staleness.Faults;
using RedisFlow.Chaos.Staleness.Judging;
using RedisFlow.Chaos.Staleness.Nodes;
using RedisFlow.Verification;

namespace RedisFlow.Chaos.Staleness.Load;

/// <summary>Reads keys from one node, some of them far more often than others, and judges each reply.</summary>
/// <param name="number">The reader's number.</param>
/// <param name="seed">The run's seed, from which it draws the keys.</param>
/// <param name="node">The node.</param>
/// <param name="sendsPosition">Whether it sends the position of the newest acknowledged version.</param>
/// <param name="histories">What was acknowledged, of each key.</param>
/// <param name="found">Takes stale replies.</param>
internal sealed class NodeReader(
    int number,
    int seed,
    NodeSlot node,
    bool sendsPosition,
    IReadOnlyList<KeyHistory> histories,
    StaleReads found
)
{
    /// <summary>How long it lets a node be that does not answer. Pacing; nothing is waited for.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(50);

    private readonly Random _random = new(Seeds.Of(seed, 1_000_000 + number));

    /// <summary>The node that it reads from.</summary>
    public NodeSlot Node => node;

    /// <summary>Whether it sends positions.</summary>
    public bool SendsPosition => sendsPosition;

    /// <summary>What it counted.</summary>
    public ReadTally Tally { get; } = new();

    /// <summary>Reads, so many times a second, until it is stopped.</summary>
    /// <param name="perSecond">How often it tries.</param>
    /// <param name="stop">No further read.</param>
    /// <param name="giveUp">No further wait for a reply either.</param>
    public async Task RunAsync(double perSecond, CancellationToken stop, CancellationToken giveUp)
    {
        var pace = new Pace(perSecond);
        NodeConnection? connection = null;
        try
        {
            while (await pace.NextAsync(stop))
            {
                try
                {
                    connection ??= await NodeConnection.OpenAsync(node.Port, giveUp);
                    await ReadAsync(connection, giveUp);
                }
                catch (Exception exception) when (exception is IOException or SocketException)
                {
                    Tally.Unanswered();
                    connection?.Dispose();
                    connection = null;
                    await Task.Delay(Patience, giveUp);
                }
            }
        }
        catch (OperationCanceledException) when (giveUp.IsCancellationRequested)
        {
            Tally.Unanswered();
        }
        finally
        {
            connection?.Dispose();
        }
    }

    private async Task ReadAsync(NodeConnection connection, CancellationToken giveUp)
    {
        // Squared: the keys at the beginning are read often enough to stay in memory, those at the end are evicted.
        var drawn = _random.NextDouble();
        var key = (int)(histories.Count * drawn * drawn);
        var history = histories[key];
        var newest = history.Newest;
        var fault = node.Fault.Current;
        var sent = new SentRead(newest, Stopwatch.GetTimestamp());
        var reply = await connection.ReadAsync(key, sendsPosition ? newest?.Position : null, giveUp);
        var stale = reply.Outcome is ReadOutcome.TimedOut or ReadOutcome.Failed
            ? null
            : ReadJudge.Judge(history, sent, reply.Version);
        Tally.Add(reply.Outcome, stale, fault);
        if (stale is { } age)
        {
            found.Add(
                new StaleRead(
                    node.Service,
                    node.Process,
                    sendsPosition,
                    key,
                    reply.Outcome,
                    reply.Version,
                    newest!.Version,
                    newest.Position.ToString(),
                    age.Age
                )
            );
        }
    }
}
