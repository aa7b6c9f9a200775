namespace RedisFlow.Caching;

/// <summary>
/// Makes <see cref="CacheInvalidation"/> messages in the few words that a mapping from an event needs:
/// <code>cache.InvalidateOn&lt;CompanyUpdated&gt;(e => Invalidation.Key($"company:{e.CompanyId}"));</code>
/// </summary>
public static class Invalidation
{
    /// <summary>Drops nothing: for events that concern a cache only sometimes.</summary>
    public static CacheInvalidation None => new();

    /// <summary>Drops every entry of the service.</summary>
    public static CacheInvalidation Everything => new() { All = true };

    /// <summary>Drops one key.</summary>
    public static CacheInvalidation Key(string key) => Of(keys: [key]);

    /// <summary>Drops keys.</summary>
    public static CacheInvalidation Keys(params IEnumerable<string> keys) => Of(keys: keys);

    /// <summary>
    /// Drops every key under a prefix, which ends at a <c>:</c> boundary: <c>company:4</c> matches <c>company:4</c> and
    /// <c>company:4:report</c>, not <c>company:42</c>. It costs the same for one entry and for a million.
    /// </summary>
    public static CacheInvalidation Prefix(string prefix) => Of(prefixes: [prefix]);

    /// <summary>Drops every key under one of the prefixes, see <see cref="Prefix"/>.</summary>
    public static CacheInvalidation Prefixes(params IEnumerable<string> prefixes) => Of(prefixes: prefixes);

    /// <summary>Drops every entry that was stored with the tag.</summary>
    public static CacheInvalidation Tag(string tag) => Of(tags: [tag]);

    /// <summary>Drops several things at once.</summary>
    public static CacheInvalidation Of(
        IEnumerable<string>? keys = null,
        IEnumerable<string>? prefixes = null,
        IEnumerable<string>? tags = null
    )
    {
        var invalidation = new CacheInvalidation();
        invalidation.Keys.AddRange(keys ?? []);
        invalidation.Prefixes.AddRange(prefixes ?? []);
        invalidation.Tags.AddRange(tags ?? []);
        return invalidation;
    }
}
