namespace RedisFlow.Caching.Keys;

/// <summary>Which tags an entry may have.</summary>
internal static class EntryTags
{
    /// <summary>The tags of a call, each once.</summary>
    /// <exception cref="ArgumentException">One of them cannot be a tag; the message says why.</exception>
    public static string[] Validate(IEnumerable<string>? tags)
    {
        if (tags is null)
        {
            return [];
        }

        string[] valid = [.. tags.Distinct(StringComparer.Ordinal)];
        foreach (var tag in valid)
        {
            CacheKey.Validate(tag, "tag", nameof(tags));
            if (tag == InvalidationRules.EverythingTag)
            {
                throw new ArgumentException(
                    "The tag '*' stands for everything; an entry cannot have it.",
                    nameof(tags)
                );
            }
        }

        return valid;
    }
}
