using RedisFlow.Streams;

namespace RedisFlow.Caching;

/// <summary>
/// The scripts on the keys of <see cref="RedisBufferDistributedCache"/>: hashes with the fields <c>value</c>, and where the entry slides,
/// <c>sliding</c> (ms) and perhaps <c>absolute</c> (Unix ms by the server's clock, so that the clocks of the instances do not matter).
/// Each touches one key, so Redis Cluster may put them anywhere. Numbers stay below 2^53, which Lua can count.
/// </summary>
internal static class DistributedCacheScripts
{
    private const string Now = """
        local function now()
          local time = redis.call('TIME')
          return time[1] * 1000 + math.floor(time[2] / 1000)
        end

        """;

    /// <summary>Makes the entry live for its sliding time from now on, though not past its absolute end.</summary>
    private const string Slide = Now + """
        local function slide(sliding, absolute)
          local ttl = tonumber(sliding)
          if absolute then
            ttl = math.max(1, math.min(ttl, tonumber(absolute) - now()))
          end
          redis.call('PEXPIRE', KEYS[1], ttl)
        end

        """;

    /// <summary>
    /// Stores an entry in place of whatever is there, its expiration included.
    /// KEYS[1] the entry's key. ARGV[1] the value, ARGV[2] the sliding time in ms or '', ARGV[3] ms until its absolute end or ''.
    /// Returns 1.
    /// Retry: stores the same again; its time begins anew.
    /// Race settled: value and expiration change together, so no reader meets one without the other, and an entry with an end never lacks it.
    /// </summary>
    public static RedisScript Set { get; } = new(Now + """
        local sliding, left = tonumber(ARGV[2]), tonumber(ARGV[3])
        redis.call('DEL', KEYS[1])
        redis.call('HSET', KEYS[1], 'value', ARGV[1])
        if sliding then
          redis.call('HSET', KEYS[1], 'sliding', ARGV[2])
          if left then
            redis.call('HSET', KEYS[1], 'absolute', now() + left)
          end
        end
        if sliding or left then
          redis.call('PEXPIRE', KEYS[1], math.min(sliding or left, left or sliding))
        end
        return 1
        """);

    /// <summary>
    /// Reads an entry and, where it slides, prolongs it.
    /// KEYS[1] the entry's key.
    /// Returns the value, or nil if there is none.
    /// Retry: prolongs it again, from then on.
    /// Race settled: an entry that is replaced or removed meanwhile does not get the time of the one that was read.
    /// </summary>
    public static RedisScript Get { get; } = new(Slide + """
        local entry = redis.call('HMGET', KEYS[1], 'value', 'sliding', 'absolute')
        if entry[2] then
          slide(entry[2], entry[3])
        end
        return entry[1]
        """);

    /// <summary>
    /// As <see cref="Get"/>, without reading the value.
    /// KEYS[1] the entry's key.
    /// Returns 1 if the entry was prolonged, 0 if there is none, or none that slides.
    /// Retry and race: as there.
    /// </summary>
    public static RedisScript Refresh { get; } = new(Slide + """
        local entry = redis.call('HMGET', KEYS[1], 'sliding', 'absolute')
        if not entry[1] then
          return 0
        end
        slide(entry[1], entry[2])
        return 1
        """);
}
