using RedisFlow.PubSub;
using RedisFlow.Streams;

namespace RedisFlow.Chaos.Staleness.Nodes;

/// <summary>Settings of all nodes.</summary>
internal static class NodeSettings
{
    /// <summary>
    /// The lease of messages: what a killed node held, the other one handles soon, within a short run.
    /// </summary>
    public static TimeSpan Lease { get; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How long messages are kept after the groups have settled them: long enough for every fault, short enough that a
    /// run trims.
    /// </summary>
    public static TimeSpan Retention { get; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a read waits for its position.</summary>
    public static TimeSpan PositionLimit { get; } = TimeSpan.FromSeconds(2);

    /// <summary>How long the cache waits for an operation on Redis; the default.</summary>
    public static TimeSpan RedisTimeout { get; } = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// How many of the keys memory holds: too few, so that entries are evicted and found in Redis again.
    /// </summary>
    public static int L1Limit(int keys) => Math.Max(1, keys * 2 / 5);

    /// <summary>The longest time that a node is frozen.</summary>
    public static TimeSpan LongestFreeze { get; } = TimeSpan.FromSeconds(2.5);

    /// <summary>
    /// How stale a read without a position may be at most. A node serves its caches for as long as
    /// <paramref name="blindness"/> without hearing; a read of Redis may begin just before that time is over, the node
    /// may be frozen while it lasts, and another read may join it. A second is for the timers of a busy machine.
    /// </summary>
    public static TimeSpan Bound(TimeSpan blindness) =>
        blindness + RedisTimeout + LongestFreeze + TimeSpan.FromSeconds(1);

    /// <summary>Chooses by what caches are invalidated; nodes and the source must agree.</summary>
    public static void SetMode(RedisStreamsBuilder streams, CacheMode mode)
    {
        if (mode == CacheMode.PubSub)
        {
            streams.UsePubSub();
        }
    }
}
