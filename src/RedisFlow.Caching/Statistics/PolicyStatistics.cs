namespace RedisFlow.Caching.Statistics;

/// <summary>What the keys of one policy did since the start.</summary>
internal sealed class PolicyStatistics
{
    public StripedCounter L1Hits { get; } = new();

    public StripedCounter L2Hits { get; } = new();

    public StripedCounter Misses { get; } = new();

    /// <summary>Reads that were answered with an expired entry, or from memory while the instance was blind.</summary>
    public StripedCounter StaleReads { get; } = new();

    public StripedCounter LoadFailures { get; } = new();

    public StripedCounter LoadTimeouts { get; } = new();

    public StripedCounter EagerRefreshes { get; } = new();

    /// <summary>Of one hit in <c>L1Reader.HitsPerSample</c>: looking at the clock costs more than the hit.</summary>
    public LatencyRecorder L1 { get; } = new();

    public LatencyRecorder L2 { get; } = new();

    public LatencyRecorder Loads { get; } = new();

    /// <summary>Counts a read, unless it is a hit in memory: those are counted where they are found.</summary>
    public void RecordRead(CacheOutcome outcome)
    {
        var counter = outcome switch
        {
            CacheOutcome.L2 => L2Hits,
            CacheOutcome.Stale => StaleReads,
            _ => Misses,
        };
        counter.Add();
        CacheReadScope.Record(outcome);
    }

    public KeyPatternStatistics Summarize(string name, string keyPrefix)
    {
        var (l1, l2, misses, stale) = (L1Hits.Value, L2Hits.Value, Misses.Value, StaleReads.Value);
        var reads = l1 + l2 + misses + stale;
        return new KeyPatternStatistics(
            name,
            keyPrefix.Length == 0 ? "*" : keyPrefix + ":*",
            l1,
            l2,
            misses,
            stale,
            reads == 0 ? null : (double)(l1 + l2) / reads,
            LoadFailures.Value,
            LoadTimeouts.Value,
            EagerRefreshes.Value,
            L1.Summarize(),
            L2.Summarize(),
            Loads.Summarize()
        );
    }
}
