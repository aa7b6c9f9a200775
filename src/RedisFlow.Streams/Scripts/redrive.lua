-- Moves dead letters back to the stream.
--
-- KEYS: 1 stream, 2 dead-letter stream.
-- ARGV: pairs of a dead letter's id and the bytes to add.
-- Returns: for each pair the id of the added entry; nil if the dead letter does not exist (any more).
-- Retry: a letter that the first run moved is not there for the second.
-- Race: two operators redrive the same letter, or one drops it: who removes it, adds it; one message, never two.
local added = {}
for i = 1, #ARGV, 2 do
  local is_there = redis.call('XDEL', KEYS[2], ARGV[i]) == 1
  added[#added + 1] = is_there and redis.call('XADD', KEYS[1], '*', 'data', ARGV[i + 1])
end
return added
