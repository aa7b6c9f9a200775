namespace RedisFlow.Testing;

/// <summary>The servers that the tests run on.</summary>
public enum RedisTier
{
    /// <summary>The distribution's own: <c>redis-server</c> on the PATH.</summary>
    Distribution,

    /// <summary>Redis 8.6 or later, which <c>./test</c> fetches.</summary>
    Latest,

    /// <summary>Valkey, which <c>./test</c> fetches: compatible with Redis 7.2.</summary>
    Valkey,
}
