using RedisFlow.Streams;
using StackExchange.Redis;

namespace RedisFlow.Caching.Tests;

/// <summary>A connection for which nothing stands in.</summary>
internal sealed class GivenConnection(IConnectionMultiplexer connection) : IRedisConnection
{
    /// <inheritdoc/>
    public IDatabase Database => connection.GetDatabase();
}
