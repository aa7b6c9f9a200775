namespace RedisFlow.Chaos.Staleness;

/// <summary>A fault that the nodes of a service have on purpose, and that the probe must find.</summary>
internal enum CacheFault
{
    /// <summary>None: the cache as services use it.</summary>
    None,

    /// <summary>
    /// What was loaded is stored in memory without being compared with the invalidations that came meanwhile.
    /// </summary>
    FillUnguarded,

    /// <summary>The position that a value is as of is taken after it was loaded, not before.</summary>
    StampedLate,

    /// <summary>One of 500 messages is not applied to memory.</summary>
    TailDrops,

    /// <summary>What is stored in Redis replaces whatever is there, tombstones as well.</summary>
    L2Unguarded,
}
