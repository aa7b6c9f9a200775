using RedisFlow.Chaos.Staleness.Judging;

namespace RedisFlow.Chaos.Staleness.Auditing;

/// <summary>What a service's caches held when all was quiet.</summary>
internal sealed record AuditFigures
{
    /// <summary>The service.</summary>
    public required string Service { get; init; }

    /// <summary>Entries that the nodes' memories would serve.</summary>
    public required int L1 { get; init; }

    /// <summary>Those of <see cref="L1"/> that are older than the source.</summary>
    public required IReadOnlyList<StoredVersion> StaleL1 { get; init; }

    /// <summary>Entries in Redis, without tombstones.</summary>
    public required int L2 { get; init; }

    /// <summary>
    /// Entries in Redis that an epoch has dropped: there until they are overwritten, and never served.
    /// </summary>
    public required int L2Dropped { get; init; }

    /// <summary>Entries in Redis that are older than the source, and not dropped by an epoch.</summary>
    public required IReadOnlyList<StoredVersion> StaleL2 { get; init; }

    /// <summary>Entries in Redis that an instance serves which has just started.</summary>
    public required int Fresh { get; init; }

    /// <summary>Those of <see cref="Fresh"/> that are older than the source.</summary>
    public required IReadOnlyList<StoredVersion> StaleFresh { get; init; }

    /// <summary>Whether anything was stale.</summary>
    public bool IsStale => StaleL1.Count + StaleL2.Count + StaleFresh.Count > 0;
}
