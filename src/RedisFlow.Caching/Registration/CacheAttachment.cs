namespace RedisFlow.Caching.Registration;

/// <summary>
/// Says that the application's caches are attached to a consumer group, which cleans up Redis for all of them.
/// </summary>
internal sealed record CacheAttachment;
