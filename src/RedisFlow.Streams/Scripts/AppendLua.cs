namespace RedisFlow.Streams.Scripts;

/// <summary>
/// The part that scripts share which add messages to the stream, so that there is one way to do it. In every such script ARGV[1] is the channel on which entries are
/// announced, or an empty string for none; see <c>StreamContext.Channel</c>.
/// </summary>
internal static class AppendLua
{
    /// <summary>
    /// <c>channel</c>, and <c>append(stream, data)</c>: adds an entry, announces it as <c>id|data</c> in the same step, and returns its id. If Redis refuses the
    /// announcement (an ACL without the channel), the entry is in the stream, and the script fails: its publisher learns that the message is not known to be out.
    /// </summary>
    public const string Functions =
        """
        local channel = ARGV[1]
        local function append(stream, data)
          local id = redis.call('XADD', stream, '*', 'data', data)
          if channel ~= '' then redis.call('PUBLISH', channel, id .. '|' .. data) end
          return id
        end

        """;
}
