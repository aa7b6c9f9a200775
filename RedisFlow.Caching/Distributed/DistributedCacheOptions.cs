namespace RedisFlow.Caching;

/// <summary>
/// Settings of a <see cref="RedisBufferDistributedCache"/>; configuration section <c>Caching:Distributed</c>, of a keyed one
/// <c>Caching:Distributed:{key}</c>.
/// </summary>
public sealed class DistributedCacheOptions
{
    /// <summary>The name of the configuration section.</summary>
    public const string SectionName = "Caching:Distributed";

    /// <summary>
    /// The service that the cache belongs to: the first part of its keys in Redis, the same for all instances of the service. Letters, digits,
    /// <c>.</c>, <c>_</c> and <c>-</c>. Default: the application's name.
    /// </summary>
    public string Service { get; set; } = "";

    /// <summary>
    /// How long an asynchronous operation may take before it fails with a <see cref="TimeoutException"/>; synchronous ones have the connection's own
    /// limit (<c>syncTimeout</c>). 10 ms to 1 min. Default: 5 s.
    /// </summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(5);
}
