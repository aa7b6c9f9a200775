namespace RedisFlow.Chaos.Staleness.Judging;

/// <summary>How a node answered a read.</summary>
internal enum ReadOutcome
{
    /// <summary>From its memory.</summary>
    L1,

    /// <summary>From the service's entries in Redis.</summary>
    L2,

    /// <summary>From the source.</summary>
    Miss,

    /// <summary>Not at all: the node had not applied the read's position in time.</summary>
    TimedOut,

    /// <summary>Not at all: the source did not answer in time.</summary>
    Failed,
}
