using RedisFlow.Chaos.Staleness.Nodes;
using RedisFlow.Verification;

namespace RedisFlow.Chaos.Staleness.Faults;

/// <summary>
/// The faults of a round, drawn from a seed: each kind once, in any order, spread over the round so that they overlap.
/// </summary>
internal static class NodeFaultSchedule
{
    /// <summary>
    /// The part of a round in which faults begin; what they hit must read and be read again before its end.
    /// </summary>
    private const double Onset = 0.7;

    /// <summary>Draws a round.</summary>
    /// <param name="seed">The run's seed.</param>
    /// <param name="round">The round's number.</param>
    /// <param name="length">How long its load lasts.</param>
    /// <param name="bound">How stale a read may be at most: a stall is longer, so that a node which goes on to serve
    /// its memory is found.</param>
    /// <returns>The faults in the order of their beginning.</returns>
    public static IReadOnlyList<NodeFault> Create(int seed, int round, TimeSpan length, TimeSpan bound)
    {
        var random = new Random(Seeds.Of(seed, round));
        var kinds = Enum.GetValues<NodeFaultKind>();
        random.Shuffle(kinds);
        return
        [
            .. kinds.Select(
                (kind, i) =>
                    new NodeFault(
                        length * Onset * ((i + random.NextDouble()) / kinds.Length),
                        kind,
                        Length(random, kind, bound),
                        random.Next(StalenessOptions.Services.Count),
                        random.Next(StalenessOptions.InstancesPerService),
                        random.Next(2) == 0
                    )
            ),
        ];
    }

    private static TimeSpan Length(Random random, NodeFaultKind kind, TimeSpan bound)
    {
        var (shortest, longest) = kind switch
        {
            NodeFaultKind.Stall => (bound + TimeSpan.FromSeconds(0.25), bound + TimeSpan.FromSeconds(1.5)),
            NodeFaultKind.DropReplies => (TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2)),
            NodeFaultKind.Freeze => (TimeSpan.FromSeconds(1), NodeSettings.LongestFreeze),
            NodeFaultKind.Kill => (TimeSpan.Zero, TimeSpan.FromSeconds(1)),
            NodeFaultKind.ServiceDown => (TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(3)),
            _ => (TimeSpan.Zero, TimeSpan.Zero),
        };
        return shortest + ((longest - shortest) * random.NextDouble());
    }
}
