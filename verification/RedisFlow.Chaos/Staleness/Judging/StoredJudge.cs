namespace RedisFlow.Chaos.Staleness.Judging;

/// <summary>Judges what caches hold when everything is quiet: nothing may be older than the source.</summary>
internal static class StoredJudge
{
    /// <summary>The entries that are older than the source.</summary>
    /// <param name="served">What a read would be served, by key.</param>
    /// <param name="source">The source's version of each key; 0 if it was never written.</param>
    public static IReadOnlyList<StoredVersion> Stale(IEnumerable<StoredVersion> served, IReadOnlyList<long> source) =>
        [.. served.Where(entry => entry.Version < VersionOf(source, entry.Key))];

    /// <summary>
    /// The entries in Redis that are older than the source and that no epoch has dropped: a prefix, tag or clear-all
    /// invalidation from after the entry. Such an entry stays in Redis until it is overwritten or expires, but no read
    /// is served it.
    /// </summary>
    /// <param name="entries">The entries as they are in Redis.</param>
    /// <param name="epochs">The epochs as they are in Redis.</param>
    /// <param name="source">The source's version of each key.</param>
    public static IReadOnlyList<StoredVersion> Stale(
        IEnumerable<StoredEntry> entries,
        EpochFields epochs,
        IReadOnlyList<long> source
    ) =>
        Stale(
            entries.Where(entry => !epochs.Drop(entry)).Select(entry => new StoredVersion(entry.Key, entry.Version)),
            source
        );

    // The canary is after the last key, and never written.
    private static long VersionOf(IReadOnlyList<long> source, int key) => key < source.Count ? source[key] : 0;
}

/// <summary>A version that a cache holds.</summary>
/// <param name="Key">The key's number.</param>
/// <param name="Version">The version.</param>
internal readonly record struct StoredVersion(int Key, long Version);
