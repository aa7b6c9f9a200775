namespace RedisFlow.Benchmarks.Micro;

/// <summary>What is called by name elsewhere: by targets and ratios.</summary>
internal static class CacheNames
{
    public const string Dictionary = "ConcurrentDictionary.TryGetValue";
    public const string MemoryCache = "MemoryCache.TryGetValue";
    public const string Hit = "L1 hit, string key, 1 KB string";
    public const string HitSpan = "L1 hit, span key, 1 KB string";
    public const string HitRecord = "L1 hit, string key, record";
    public const string HitRecordSpan = "L1 hit, span key, record";
    public const string MicrosoftHit = "Microsoft's HybridCache, hit, 1 KB string";
    public const string L2Hit = "L2 hit, 1 KB string";
    public const string PlainGet = "GET of 1 KB, client library alone";
    public const string PlainSet = "SET of 1 KB, client library alone";
    public const string Miss = "miss: nothing in Redis, a loader that is done at once, memory and Redis filled";
    public const string MicrosoftMiss = "Microsoft's HybridCache, the same miss";
    public const string Set = "set, 1 KB string";
    public const string MicrosoftSet = "Microsoft's HybridCache, set";
    public const string Remove = "remove";
    public const string MicrosoftRemove = "Microsoft's HybridCache, remove";
    public const string RemoveThousand = "remove 1,000 keys in one call";
    public const string MicrosoftRemoveThousand = "Microsoft's HybridCache, remove 1,000 keys in one call";

    /// <summary>Every hit in memory.</summary>
    public static IReadOnlyList<string> Hits { get; } = [Hit, HitSpan, HitRecord, HitRecordSpan];
}
