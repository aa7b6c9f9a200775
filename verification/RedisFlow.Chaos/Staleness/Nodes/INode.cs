using RedisFlow.Chaos.Staleness.Judging;
using RedisFlow.Streams;

namespace RedisFlow.Chaos.Staleness.Nodes;

/// <summary>A cache under test, as the harness asks it.</summary>
internal interface INode
{
    /// <summary>Waits until everything up to the position is applied, if the cache knows positions.</summary>
    /// <returns>Whether it is, in time.</returns>
    Task<bool> WaitUntilAppliedAsync(MessagePosition position, TimeSpan limit);

    /// <summary>Reads a key as a service does: through the cache, which loads from the source.</summary>
    /// <returns>Where it came from, and its version; 0 where it brought none.</returns>
    Task<NodeReply> ReadAsync(int key);

    /// <summary>What memory serves at this moment, of everything that is in it.</summary>
    Task<IReadOnlyList<StoredVersion>> ServedByL1Async();

    /// <summary>What Redis serves at this moment, of all keys, as if memory were empty; nothing is loaded.</summary>
    Task<IReadOnlyList<StoredVersion>> ServedByL2Async();

    /// <summary>What the cache counted since the process began.</summary>
    IReadOnlyDictionary<string, long> Counters { get; }
}

/// <summary>A node's answer to a read.</summary>
/// <param name="Outcome">How.</param>
/// <param name="Version">The version that it brought.</param>
internal readonly record struct NodeReply(ReadOutcome Outcome, long Version);
