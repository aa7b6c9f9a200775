-- Announces entries of the stream, each as its position, a bar, and the bytes of its field "data".
--
-- KEYS: 1 the stream.
-- ARGV: 1 the channel, 2… positions; without any, the stream's last entry.
-- Returns: how many were announced: those that the stream still has.
-- Retry: announces them again; tails drop again what they have dropped.
-- Race: others publish between an entry and its announcement, so a tail may hear a later position first. In a
-- transaction nothing comes between: there the last entry is the one that was just added. Where none was added, since
-- its id was known, the last one is announced again.
local function announce(entries)
  for _, entry in ipairs(entries) do redis.call('PUBLISH', ARGV[1], entry[1] .. '|' .. entry[2][2]) end
  return #entries
end
if #ARGV == 1 then return announce(redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)) end
local announced = 0
for i = 2, #ARGV do announced = announced + announce(redis.call('XRANGE', KEYS[1], ARGV[i], ARGV[i])) end
return announced
