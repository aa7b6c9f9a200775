namespace RedisFlow.Domain;

/// <summary>
/// Names of the streams. A stream's keys in Redis are derived from its name, see <c>StreamKeys</c> in
/// RedisFlow.Streams.
/// </summary>
public static class StreamNames
{
    /// <summary>
    /// The stream that carries every change of the Organization service and every cache invalidation.
    /// </summary>
    public const string CacheInvalidation = "cache:invalidation";
}
