namespace RedisFlow.Caching;

/// <summary>
/// A load took longer than <see cref="CachePolicy.HardTimeout"/>. It goes on, and its value will be stored.
/// </summary>
public sealed class CacheLoadTimeoutException : TimeoutException
{
    /// <summary>Without a reason.</summary>
    public CacheLoadTimeoutException() { }

    /// <summary>With a message.</summary>
    public CacheLoadTimeoutException(string message)
        : base(message) { }

    /// <summary>With a message and what caused it.</summary>
    public CacheLoadTimeoutException(string message, Exception innerException)
        : base(message, innerException) { }

    internal CacheLoadTimeoutException(string key, TimeSpan limit)
        : base($"Loading '{key}' takes longer than {limit}. It goes on; a later read may find the value.") => Key = key;

    /// <summary>The key that was loaded.</summary>
    public string? Key { get; }
}
