namespace RedisFlow.Caching.Registration;

/// <summary>Says that the application's caches are attached to a consumer group.</summary>
/// <param name="Group">The group, which cleans up Redis for all of them.</param>
internal sealed record CacheAttachment(string Group);
