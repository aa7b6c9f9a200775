using StackExchange.Redis;

namespace RedisFlow.Streams;

/// <summary>
/// The connection to Redis that answers: the application's <see cref="IConnectionMultiplexer"/>, or, where that is cut off for good although the server
/// answers, one that the engine has opened to stand in for it. For everything that does not block: commands, scripts, transactions. Registered by
/// <c>AddRedisStreams</c>, for the whole application.
/// </summary>
public interface IRedisConnection
{
    /// <summary>What to send the next commands to. Ask for it each time: what it was before may have been closed.</summary>
    /// <exception cref="RedisConnectionException">The application's connection is made at its first use, and could not be.</exception>
    IDatabase Database { get; }
}
