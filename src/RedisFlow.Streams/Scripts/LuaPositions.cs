namespace RedisFlow.Streams.Scripts;

/// <summary>Lua functions about stream positions, to be put before a script that needs them.</summary>
internal static class LuaPositions
{
    /// <summary>
    /// <c>map(list)</c>: a flat list of names and values as a table. <c>before(a, b)</c>: whether position a is before b. <c>after(id)</c>: the next
    /// possible position. Numbers are handled as text, by length and value: a Lua number does not hold every 64-bit id.
    /// </summary>
    public const string Functions =
        """
        local function map(list)
          local result = {}
          for i = 1, #list, 2 do result[list[i]] = list[i + 1] end
          return result
        end
        local function parts(id)
          local ms, seq = string.match(id, '^(%d+)-?(%d*)$')
          return ms, seq == '' and '0' or seq
        end
        local function less(a, b)
          if #a ~= #b then return #a < #b end
          return a < b
        end
        local function before(a, b)
          local ams, aseq = parts(a)
          local bms, bseq = parts(b)
          if ams ~= bms then return less(ams, bms) end
          return less(aseq, bseq)
        end
        local function after(id)
          local ms, seq = parts(id)
          -- The highest sequence has no successor within its millisecond; whoever asks then gets the id itself.
          if seq == '18446744073709551615' then return id end
          local head, digit, nines = string.match(seq, '^(%d-)([0-8]?)(9*)$')
          return ms .. '-' .. head .. (digit == '' and '1' or tostring(tonumber(digit) + 1)) .. string.rep('0', #nines)
        end

        """;
}
