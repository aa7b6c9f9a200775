namespace RedisFlow.Streams.Scripts;

/// <summary>Reads everything that monitoring shows about a stream.</summary>
internal static class SnapshotScript
{
    /// <summary>
    /// KEYS: 1 stream, 2 dead-letter stream, 3 hash of declared groups.
    /// Returns: {length, last id, dead letters, server time in Unix milliseconds, groups}; a group is {name, lag or nil, pending, last
    /// delivered id, first pending id or nil, consumers}; a consumer is {name, pending, idle in milliseconds}. A declared group that does
    /// not exist has lag nil and no consumers.
    /// Retry: reads only.
    /// Race: the numbers belong to one moment, so that lag, pending and length fit together.
    /// </summary>
    public static RedisScript Script { get; } = new(
        """
        local function map(list)
          local result = {}
          for i = 1, #list, 2 do result[list[i]] = list[i + 1] end
          return result
        end
        local time = redis.call('TIME')
        local now = time[1] .. string.format('%03d', math.floor(tonumber(time[2]) / 1000))
        local last = '0-0'
        local groups = {}
        local seen = {}
        local exists = redis.call('EXISTS', KEYS[1]) == 1
        if exists then
          last = map(redis.call('XINFO', 'STREAM', KEYS[1]))['last-generated-id']
          for _, raw in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
            local group = map(raw)
            local consumers = {}
            for _, rawConsumer in ipairs(redis.call('XINFO', 'CONSUMERS', KEYS[1], group['name'])) do
              local consumer = map(rawConsumer)
              consumers[#consumers + 1] = {consumer['name'], consumer['pending'], consumer['idle']}
            end
            local pending = redis.call('XPENDING', KEYS[1], group['name'], '-', '+', 1)[1]
            seen[group['name']] = true
            groups[#groups + 1] = {
              group['name'], group['lag'] or false, group['pending'], group['last-delivered-id'], pending and pending[1] or false, consumers}
          end
        end
        for _, name in ipairs(redis.call('HKEYS', KEYS[3])) do
          if not seen[name] then groups[#groups + 1] = {name, false, 0, '0-0', false, {}} end
        end
        return {exists and redis.call('XLEN', KEYS[1]) or 0, last, redis.call('XLEN', KEYS[2]), now, groups}
        """);
}
