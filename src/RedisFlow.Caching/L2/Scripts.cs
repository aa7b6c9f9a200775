using RedisFlow.Streams;

namespace RedisFlow.Caching.L2;

/// <summary>
/// The scripts on the keys of <see cref="L2Keys"/>. Redis Cluster may put them anywhere: one that takes several keys gets those of one slot.
/// </summary>
internal static class Scripts
{
    /// <summary>
    /// <c>isLater(key, ms, seq, orSame)</c>: whether what is at a key has a later position than this one, or, if asked for,
    /// the same one. Nothing and foreign values have none. pcall, since the key may hold another type. Numbers are unpacked:
    /// strings would compare by the server's locale.
    /// </summary>
    private const string IsLater = """
        local function isLater(key, newMs, newSeq, orSame)
          local head = redis.pcall('GETRANGE', key, 0, 19)
          if type(head) ~= 'string' or #head ~= 20 or string.byte(head, 1) ~= 0xF5 or string.byte(head, 2) ~= 4 then
            return false
          end
          local ms, seq = struct.unpack('>I8I8', string.sub(head, 5, 20))
          return ms > newMs or (ms == newMs and (seq > newSeq or (orSame and seq == newSeq)))
        end

        """;

    /// <summary>
    /// Stores an entry unless something newer is there.
    /// KEYS[1] the entry's key. ARGV[1] its position (16 bytes), ARGV[2] the encoded entry, ARGV[3] time to live in ms.
    /// Returns 1 if it was stored, 0 if something newer, entry or tombstone, is there.
    /// Retry: the same position is not newer than itself, so the same entry is written again.
    /// Race settled: a load that began before an invalidation, or before a newer load, and ends after it.
    /// </summary>
    public static RedisScript Fill { get; } = new(IsLater + """
        local ms, seq = struct.unpack('>I8I8', ARGV[1])
        if isLater(KEYS[1], ms, seq, false) then
          return 0
        end
        redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
        return 1
        """);

    /// <summary>
    /// Publishes the message that drops a key elsewhere, and stores an entry as of it.
    /// KEYS[1] the stream, KEYS[2] the entry's key. ARGV[3] the position up to which the writer knows the stream, ARGV[4] the
    /// encoded entry, with any position, ARGV[5] time to live in ms.
    /// Returns the message's position, and 1 if the entry was stored, 0 if the stream has something between the writer's
    /// position and the message, or no longer says whether it has.
    /// Retry: the script is not sent again; its message would be another one.
    /// Race settled: a change that was announced while the value was on its way here. The value may be from before it, and its position would hide that.
    /// </summary>
    public static PublishingScript StoreAnnounced { get; } = new("""
        local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
        local id = publish()
        if not last or last[1] ~= ARGV[3] then
          return {id, 0}
        end
        local ms, seq = string.match(id, '^(%d+)-(%d+)$')
        local position = struct.pack('>I8I8', tonumber(ms), tonumber(seq))
        local head, middle, rest = string.sub(ARGV[4], 1, 4), string.sub(ARGV[4], 21, 46), string.sub(ARGV[4], 63)
        local entry = head .. position .. middle .. position .. rest
        redis.call('SET', KEYS[2], entry, 'PX', ARGV[5])
        return {id, 1}
        """);

    /// <summary>
    /// Replaces what invalidations make stale by tombstones, also where nothing is: a load in flight may be about to store.
    /// KEYS the entries' keys. ARGV[1] the tombstones' time to live in ms, ARGV[2…] for one invalidation after the other: how
    /// many of the keys it has, and the encoded tombstone with its position.
    /// Returns how many tombstones were written: none where what is there is from the invalidation's position or a later
    /// one.
    /// Retry: the second time the tombstones themselves are there, at this position.
    /// Race settled: an old invalidation, delivered late or again, must not remove what was loaded after it.
    /// </summary>
    public static RedisScript Invalidate { get; } = new(IsLater + """
        local written, key = 0, 0
        for i = 2, #ARGV, 2 do
          local tombstone = ARGV[i + 1]
          local ms, seq = struct.unpack('>I8I8', string.sub(tombstone, 5, 20))
          for _ = 1, tonumber(ARGV[i]) do
            key = key + 1
            if not isLater(KEYS[key], ms, seq, true) then
              redis.call('SET', KEYS[key], tombstone, 'PX', ARGV[1])
              written = written + 1
            end
          end
        end
        return written
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
