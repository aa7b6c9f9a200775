-- Stores an entry unless something newer is there.
--
-- KEYS: 1 the entry's key.
-- ARGV: 1 its position (16 bytes), 2 the encoded entry, 3 time to live in ms.
-- Returns: 1 if it was stored, 0 if something newer, entry or tombstone, is there.
-- Retry: the same position is not newer than itself, so the same entry is written again.
-- Race: a load that began before an invalidation, or before a newer load, and ends after it.
-- @include is_later
if is_later(KEYS[1], ARGV[1], false) then
  return 0
end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1
