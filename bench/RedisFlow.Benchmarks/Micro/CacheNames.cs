namespace RedisFlow.Benchmarks.Micro;

/// <summary>What is called by name elsewhere: by targets and ratios.</summary>
internal static class CacheNames
{
    public const string MemoryCache = "MemoryCache.TryGetValue";
    public const string Hit = "L1 hit, string key, 1 KB string";
    public const string HitRecord = "L1 hit, string key, record";
}
