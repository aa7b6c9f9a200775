namespace RedisFlow.Caching.Keys;

/// <summary>How invalidations are read: the one place for their special cases.</summary>
internal static class InvalidationRules
{
    /// <summary>The tag of everything, by HybridCache's convention.</summary>
    public const string EverythingTag = "*";

    public static bool IsBulk(CacheInvalidation invalidation) =>
        invalidation.All || invalidation.Prefixes.Count > 0 || invalidation.Tags.Count > 0;

    /// <summary>The empty prefix matches every key, so it and <c>*</c> mean everything.</summary>
    public static bool IsEverything(CacheInvalidation invalidation) =>
        invalidation.All
        || invalidation.Tags.Contains(EverythingTag)
        || invalidation.Prefixes.Any(prefix => NormalizePrefix(prefix).Length == 0);

    /// <summary>Prefixes end before a <c>:</c>; written with it, they mean the same.</summary>
    public static string NormalizePrefix(string prefix) => prefix == EverythingTag ? "" : prefix.TrimEnd(':');
}
