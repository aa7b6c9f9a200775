-- Replaces what invalidations make stale by tombstones, also where nothing is: a load in flight may be about to store.
--
-- KEYS: the entries' keys.
-- ARGV: 1 the tombstones' time to live in ms, 2… for one invalidation after the other: how many of the keys it has, and
-- the encoded tombstone with its position.
-- Returns: how many tombstones were written: none where what is there is from the invalidation's position or a later
-- one.
-- Retry: the second time the tombstones themselves are there, at this position.
-- Race: an old invalidation, delivered late or again, must not remove what was loaded after it.
-- @include is_later
local written, key = 0, 0
for i = 2, #ARGV, 2 do
  local tombstone = ARGV[i + 1]
  local position = string.sub(tombstone, 5, 20)
  for _ = 1, tonumber(ARGV[i]) do
    key = key + 1
    if not is_later(KEYS[key], position, true) then
      redis.call('SET', KEYS[key], tombstone, 'PX', ARGV[1])
      written = written + 1
    end
  end
end
return written
