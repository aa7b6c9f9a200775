namespace RedisFlow.Streams.Scripts;

/// <summary>What scripts know of a consumer's signs of life.</summary>
internal static class LuaConsumers
{
    /// <summary>
    /// <c>now()</c>: the server's time in Unix milliseconds. <c>record(prefix, group, consumer)</c>: the key of what is known of a consumer, a hash that
    /// expires <c>KEPT</c> milliseconds after the consumer's last sign of life; <c>prefix</c> is <see cref="StreamKeys.ConsumerPrefix"/>, in the stream's
    /// slot. Who holds the consumer's name is in it, too; see <see cref="HoldNameScript"/>. <c>silent(prefix, group, consumer, time)</c>: for how long a consumer has given no sign of life, in milliseconds; <c>consumer</c> is a map
    /// of what XINFO CONSUMERS says.
    /// That another worker wants the consumer's name is true for <c>RECENT</c> milliseconds.
    /// XCLAIM counts as a sign of life of the consumer that it claims for, also if another one sends it. So who claims for another one notes when it did, and how
    /// silent the consumer was: what XINFO CONSUMERS says counts only if it is younger than that.
    /// </summary>
    public const string Functions =
        """
        local KEPT, RECENT = 2592000000, 10000
        local function now()
          local time = redis.call('TIME')
          return time[1] * 1000 + math.floor(time[2] / 1000)
        end
        local function record(prefix, group, consumer) return prefix .. group .. '/' .. consumer end
        local function silent(prefix, group, consumer, time)
          local key = record(prefix, group, consumer['name'])
          local left = redis.call('PTTL', key)
          if left < 0 then return consumer['idle'] end
          local claimed = redis.call('HGET', key, 'claimed')
          if claimed and time - consumer['idle'] <= tonumber(claimed) then return math.max(0, KEPT - left) end
          return math.max(0, math.min(consumer['idle'], KEPT - left))
        end

        """;
}
