namespace RedisFlow.Streams.Scripts;

/// <summary>Creates a consumer group, and the stream if need be, and registers the group as declared.</summary>
internal static class DeclareGroupScript
{
    /// <summary>
    /// KEYS: 1 stream, 2 hash of declared groups. ARGV: 1 group, 2 start position.
    /// Returns: 1 if the group was created, 0 if it existed.
    /// Retry: the second run finds the group and changes nothing.
    /// Race: several instances start at once, or heal at once: the first creates, the others find it. A start position beyond the
    /// stream's last id comes from a stream that no longer exists; the group then starts at 0-0, or it would skip the new stream's
    /// entries.
    /// </summary>
    public static RedisScript Script { get; } = new(
        LuaPositions.Functions +
        """
        local start = ARGV[2]
        local last = '0-0'
        if redis.call('EXISTS', KEYS[1]) == 1 then
          local info = redis.call('XINFO', 'STREAM', KEYS[1])
          for i = 1, #info, 2 do
            if info[i] == 'last-generated-id' then last = info[i + 1] end
          end
        end
        if before(last, start) then start = '0-0' end
        local created = redis.pcall('XGROUP', 'CREATE', KEYS[1], ARGV[1], start, 'MKSTREAM')
        if created['err'] and string.sub(created['err'], 1, 9) ~= 'BUSYGROUP' then
          return redis.error_reply(created['err'])
        end
        redis.call('HSETNX', KEYS[2], ARGV[1], start)
        return created['err'] and 0 or 1
        """);
}
