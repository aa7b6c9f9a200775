using RedisFlow.Streams;

namespace RedisFlow.Caching;

/// <summary>The scripts on the keys of <see cref="Level2Keys"/>. Each touches one key, so Redis Cluster may put them anywhere.</summary>
internal static class Scripts
{
    /// <summary>
    /// Reads the position of what is at KEYS[1] into <c>ms</c> and <c>seq</c>; <c>ms</c> is nil for nothing and for foreign values. pcall,
    /// since the key may hold another type. Numbers are unpacked: strings would compare by the server's locale.
    /// </summary>
    private const string ReadPresent = """
        local ms, seq
        local head = redis.pcall('GETRANGE', KEYS[1], 0, 19)
        if type(head) == 'string' and #head == 20 and string.byte(head, 1) == 0xF5 and string.byte(head, 2) == 3 then
          ms, seq = struct.unpack('>I8I8', string.sub(head, 5, 20))
        end
        local newMs, newSeq = struct.unpack('>I8I8', ARGV[1])

        """;

    /// <summary>
    /// Stores an entry unless something newer is there.
    /// KEYS[1] the entry's key. ARGV[1] its position (16 bytes), ARGV[2] the encoded entry, ARGV[3] time to live in ms.
    /// Returns 1 if it was stored, 0 if something newer, entry or tombstone, is there.
    /// Retry: the same position is not newer than itself, so the same entry is written again.
    /// Race settled: a load that began before an invalidation, or before a newer load, and ends after it.
    /// </summary>
    public static RedisScript Fill { get; } = new(ReadPresent + """
        if ms and (ms > newMs or (ms == newMs and seq > newSeq)) then
          return 0
        end
        redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
        return 1
        """);

    /// <summary>
    /// Replaces what an invalidation makes stale by a tombstone, also where nothing is: a load in flight may be about to store.
    /// KEYS[1] the entry's key. ARGV[1] the invalidation's position (16 bytes), ARGV[2] the encoded tombstone, ARGV[3] its time to live in ms.
    /// Returns 1 if the tombstone was written, 0 if what is there is from this position or a later one.
    /// Retry: the second time the tombstone itself is there, at this position.
    /// Race settled: an old invalidation, delivered late or again, must not remove what was loaded after it.
    /// </summary>
    public static RedisScript Invalidate { get; } = new(ReadPresent + """
        if ms and (ms > newMs or (ms == newMs and seq >= newSeq)) then
          return 0
        end
        redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
        return 1
        """);

    /// <summary>
    /// Gives a lease back.
    /// KEYS[1] the lease's key. ARGV[1] its token.
    /// Returns 1 if it was given back, 0 if it had ended.
    /// Retry: the second time it has ended.
    /// Race settled: a holder that took too long must not end the lease of the one that took it over.
    /// </summary>
    public static RedisScript ReleaseLease { get; } = new("""
        if redis.call('GET', KEYS[1]) == ARGV[1] then
          return redis.call('DEL', KEYS[1])
        end
        return 0
        """);

    /// <summary>
    /// Moves epochs forward. Where there are too many, all are merged into '*', which drops too much and never too little.
    /// KEYS[1] the hash of epochs. ARGV[1] the position as milliseconds, ARGV[2] as sequence, ARGV[3] how many fields may be there,
    /// ARGV[4…] the fields: '*', 'p:' and a prefix, 't:' and a tag.
    /// Returns how many fields were moved.
    /// Retry: a field that is there already does not move.
    /// Race settled: messages that are handled at the same time or again, in any order; the latest position wins.
    /// </summary>
    public static RedisScript MoveEpochs { get; } = new("""
        local newMs, newSeq = tonumber(ARGV[1]), tonumber(ARGV[2])
        local new = ARGV[1] .. '-' .. ARGV[2]
        local function later(text, ms, seq)
          local a, b = string.match(text, '^(%d+)-(%d+)$')
          a, b = tonumber(a), tonumber(b)
          return a and (a > ms or (a == ms and b >= seq))
        end
        local moved = 0
        for i = 4, #ARGV do
          local present = redis.call('HGET', KEYS[1], ARGV[i])
          if not present or not later(present, newMs, newSeq) then
            redis.call('HSET', KEYS[1], ARGV[i], new)
            moved = moved + 1
          end
        end
        if redis.call('HLEN', KEYS[1]) > tonumber(ARGV[3]) then
          local last, ms, seq = new, newMs, newSeq
          for _, text in ipairs(redis.call('HVALS', KEYS[1])) do
            if later(text, ms, seq) then
              local a, b = string.match(text, '^(%d+)-(%d+)$')
              last, ms, seq = text, tonumber(a), tonumber(b)
            end
          end
          redis.call('DEL', KEYS[1])
          redis.call('HSET', KEYS[1], '*', last)
        end
        return moved
        """);
}
