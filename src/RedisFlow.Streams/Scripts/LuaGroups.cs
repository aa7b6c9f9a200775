namespace RedisFlow.Streams.Scripts;

/// <summary>What scripts know of groups. Needs <see cref="LuaPositions.Functions"/>.</summary>
internal static class LuaGroups
{
    /// <summary>
    /// <c>find(key, name)</c>: the map of what XINFO GROUPS says of a group; false if the stream or the group does not
    /// exist. <c>lag(group, info)</c>: how many entries a group was not given yet; false if that is unknown. <c>group</c> and <c>info</c> are maps of what
    /// XINFO GROUPS and XINFO STREAM say.
    /// Redis derives it from the number of entries that the group has read. That number is in the append-only file when a position is set, but not when
    /// entries are read: after a restart it is as old as the last XGROUP SETID, and the lag too large, for good. A group at the stream's end lags
    /// behind nothing, whatever the number is.
    /// </summary>
    public const string Functions =
        """
        local function find(key, name)
          if redis.call('EXISTS', key) == 0 then return false end
          for _, raw in ipairs(redis.call('XINFO', 'GROUPS', key)) do
            local group = map(raw)
            if group['name'] == name then return group end
          end
          return false
        end
        local function lag(group, info)
          if group['last-delivered-id'] == info['last-generated-id'] then return 0 end
          return group['lag'] or false
        end

        """;
}
