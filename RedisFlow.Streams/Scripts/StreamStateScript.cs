namespace RedisFlow.Streams.Scripts;

/// <summary>Reads how far a stream is, and how far one of its groups has settled it, at one moment.</summary>
internal static class StreamStateScript
{
    /// <summary>
    /// KEYS: 1 stream. ARGV: 1 group, or an empty string for none.
    /// Returns: {last id, entries ever added, the group's last delivered id or nil, its first pending id or nil}. A stream that does
    /// not exist has last id 0-0 and 0 entries. Needs Redis 7.0 (entries-added).
    /// Retry: reads only.
    /// Race: last delivered and first pending must come from one moment; read apart, an entry delivered in between would count as settled.
    /// </summary>
    public static RedisScript Script { get; } = new(
        """
        if redis.call('EXISTS', KEYS[1]) == 0 then return {'0-0', 0, false, false} end
        local state = {'0-0', false, false, false}
        local info = redis.call('XINFO', 'STREAM', KEYS[1])
        for i = 1, #info, 2 do
          if info[i] == 'last-generated-id' then state[1] = info[i + 1] end
          if info[i] == 'entries-added' then state[2] = info[i + 1] end
        end
        if ARGV[1] == '' then return state end
        for _, group in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
          local name, delivered
          for i = 1, #group, 2 do
            if group[i] == 'name' then name = group[i + 1] end
            if group[i] == 'last-delivered-id' then delivered = group[i + 1] end
          end
          if name == ARGV[1] then
            state[3] = delivered
            local pending = redis.call('XPENDING', KEYS[1], name, '-', '+', 1)[1]
            if pending then state[4] = pending[1] end
          end
        end
        return state
        """);
}
