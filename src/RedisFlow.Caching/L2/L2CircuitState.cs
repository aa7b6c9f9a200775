namespace RedisFlow.Caching;

/// <summary>
/// Whether the cache asks Redis for entries. The numbers are those of the gauge <c>redisflow.cache.l2.circuit</c>.
/// </summary>
public enum L2CircuitState
{
    /// <summary>It does.</summary>
    Closed = 0,

    /// <summary>
    /// One operation is asking whether Redis is back; the others pass it by until that one has an answer.
    /// </summary>
    HalfOpen = 1,

    /// <summary>
    /// Redis failed lately and is passed by. After the break it stays so until the next operation comes, which then
    /// asks.
    /// </summary>
    Open = 2,
}
