using StackExchange.Redis;

namespace RedisFlow.Streams.Redis;

/// <summary>
/// A server that was too busy to answer the client library's first question in time is set aside by some versions of the library: they
/// keep the connection, and refuse to send commands over it until the next check of their configuration, a minute later.
/// </summary>
internal static class SetAside
{
    // Any key would do: there is one server.
    private static readonly RedisKey AnyKey = "any";

    /// <summary>Whether the library is connected to the server and does not use it. <see cref="IConnectionMultiplexer.ConfigureAsync"/> ends that.</summary>
    public static bool Is(IConnectionMultiplexer connection) => connection.IsConnected && !connection.GetDatabase().IsConnected(AnyKey);
}
