-- Moves epochs forward. Where there are too many, all are merged into '*', which drops too much and never too little.
--
-- KEYS: 1 the hash of epochs.
-- ARGV: 1 the position, 2 how many fields may be there, 3… the fields: '*', 'p:' and a prefix, 't:' and a tag.
-- Returns: how many fields were moved.
-- Retry: a field that is there already does not move.
-- Race: messages that are handled at the same time or again, in any order; the latest position wins.
-- @include before
local function is_epoch(text) return string.match(text, '^%d+-%d+$') end
local moved = 0
for i = 3, #ARGV do
  local present = redis.call('HGET', KEYS[1], ARGV[i])
  if not present or not is_epoch(present) or before(present, ARGV[1]) then
    redis.call('HSET', KEYS[1], ARGV[i], ARGV[1])
    moved = moved + 1
  end
end
if redis.call('HLEN', KEYS[1]) > tonumber(ARGV[2]) then
  local last = ARGV[1]
  for _, text in ipairs(redis.call('HVALS', KEYS[1])) do
    if is_epoch(text) and before(last, text) then last = text end
  end
  redis.call('DEL', KEYS[1])
  redis.call('HSET', KEYS[1], '*', last)
end
return moved
