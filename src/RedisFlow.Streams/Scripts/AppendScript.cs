namespace RedisFlow.Streams.Scripts;

/// <summary>Adds a message without an id, and announces it.</summary>
internal static class AppendScript
{
    /// <summary>
    /// KEYS: 1 stream. ARGV: 1 channel, 2 envelope.
    /// Returns: the message's position.
    /// Retry: adds the message again, as a repeated XADD does; handlers cope with duplicates.
    /// Race: no subscriber can hear of an entry before the stream has it, and no entry is there unannounced.
    /// </summary>
    public static RedisScript Script { get; } = new(
        AppendLua.Functions +
        """
        return append(KEYS[1], ARGV[2])
        """);
}
