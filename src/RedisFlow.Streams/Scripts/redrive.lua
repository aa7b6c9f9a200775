-- Moves dead letters back to the stream.
--
-- KEYS: 1 stream, 2 dead-letter stream.
-- ARGV: 1 channel, 2… pairs of a dead letter's id and the bytes to add.
-- Returns: for each pair the id of the added entry; nil if the dead letter does not exist (any more).
-- Retry: a letter that the first run moved is not there for the second.
-- Race: two operators redrive the same letter, or one drops it: who removes it, adds it; one message, never two.
-- @include append
local added = {}
for i = 2, #ARGV, 2 do
  added[#added + 1] = redis.call('XDEL', KEYS[2], ARGV[i]) == 1 and append(KEYS[1], ARGV[i + 1])
end
return added
