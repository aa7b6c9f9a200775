namespace Aspire.StackExchange.Redis;

/// <summary>Settings of the Redis client integration, read from <c>Aspire:StackExchange:Redis</c>.</summary>
public sealed class StackExchangeRedisSettings
{
    /// <summary>The connection string; <c>ConnectionStrings:{name}</c> wins over it.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>Whether the health check is left out.</summary>
    public bool DisableHealthChecks { get; set; }

    /// <summary>Whether tracing of Redis commands is left out.</summary>
    public bool DisableTracing { get; set; }

    /// <summary>Whether the connection is made at its first use instead of at the host's start.</summary>
    public bool DisableAutoActivation { get; set; } = true;
}
