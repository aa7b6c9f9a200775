namespace RedisFlow.Caching;

/// <summary>Where a cached read found its value. The members are ordered from best to worst.</summary>
public enum CacheOutcome
{
    /// <summary>No cached read took place.</summary>
    None,

    /// <summary>From this process's memory.</summary>
    L1,

    /// <summary>From Redis.</summary>
    L2,

    /// <summary>From the source: no level had a valid value.</summary>
    Miss,

    /// <summary>
    /// An expired value, since the source failed or was slow, or one that may be stale, since the instance is blind:
    /// where a policy allows it.
    /// </summary>
    Stale,
}
