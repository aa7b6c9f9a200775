namespace RedisFlow.Streams.Scripts;

/// <summary>Asks the server what it is and whether it knows some commands.</summary>
internal static class FeaturesScript
{
    /// <summary>
    /// KEYS: 1 stream, which is not read: it leads to the server that has it. ARGV: names of commands.
    /// Returns: {version, how many of the commands exist}; the version is 0x00MMmmpp (major, minor, patch), or 0 before 7.0, which has no
    /// REDIS_VERSION_NUM. A script, since the client library lets INFO pass only with allowAdmin, its own IServer.Version is an assumption until
    /// it could ask, and HELLO may change the protocol of the shared connection.
    /// Retry: reads only.
    /// Race: none; both answers come from one server.
    /// </summary>
    public static RedisScript Script { get; } = new(
        """
        local known = 0
        for _, command in ipairs(ARGV) do
          if redis.call('COMMAND', 'INFO', command)[1] then known = known + 1 end
        end
        return {redis.REDIS_VERSION_NUM or 0, known}
        """);
}
