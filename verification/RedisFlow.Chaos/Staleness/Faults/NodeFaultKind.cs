namespace RedisFlow.Chaos.Staleness.Faults;

/// <summary>
/// What is done to nodes. None of it is an excuse: no read with a position may be stale, and at the end nothing may be.
/// </summary>
internal enum NodeFaultKind
{
    /// <summary>All connections of one node end.</summary>
    Cut,

    /// <summary>CLIENT KILL of the types normal and pubsub: every connection ends, those of the writers too.</summary>
    ClientKill,

    /// <summary>One node's connections are held up in both directions, for longer than any read may be stale.</summary>
    Stall,

    /// <summary>What one node sends reaches Redis, but no reply comes back; then its connections end.</summary>
    DropReplies,

    /// <summary>SIGSTOP of one node, then SIGCONT.</summary>
    Freeze,

    /// <summary>SIGKILL of one node, and restart under the same or a new instance id.</summary>
    Kill,

    /// <summary>Both nodes of a service end, by SIGKILL or SIGTERM, and come back while writes go on.</summary>
    ServiceDown,
}
