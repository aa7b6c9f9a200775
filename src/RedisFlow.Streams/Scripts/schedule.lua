-- Keeps a message until it is due, or publishes it at once if it is.
--
-- KEYS: 1 stream, 2 mark of remembered ids, 3 the key that remembers this id, 4 sorted set of delayed ids, 5 hash of
-- delayed messages.
-- ARGV: 1 id, 2 due in Unix milliseconds, 3 how long ids are remembered, in milliseconds, 4 envelope.
-- Returns: the message's position if it is published, nil if it waits.
-- Retry: a message that waits stays as it is; one that was published is recognised by its id.
-- Race: it becomes due meanwhile, and another instance publishes it: its id is recognised as long as ids are
-- remembered. Due is judged by the server's clock, the only one that all instances share.
-- @include now
-- @include prepare
-- @include publish_once
if redis.call('ZSCORE', KEYS[4], ARGV[1]) then return false end
local known = redis.call('GET', KEYS[3])
if known then return known end
if tonumber(ARGV[2]) <= now() then
  prepare(KEYS[1], KEYS[2], ARGV[3])
  return publish_once(KEYS[1], KEYS[2], KEYS[3], ARGV[1], ARGV[3], ARGV[4])
end
redis.call('HSET', KEYS[5], ARGV[1], ARGV[4])
redis.call('ZADD', KEYS[4], ARGV[2], ARGV[1])
return false
