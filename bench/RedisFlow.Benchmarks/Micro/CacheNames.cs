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
    public const string Level2Hit = "L2 hit, 1 KB string";
    public const string PlainGet = "GET of 1 KB, client library alone";

    /// <summary>Every hit in memory.</summary>
    public static IReadOnlyList<string> Hits { get; } = [Hit, HitSpan, HitRecord, HitRecordSpan];
}
