-- Removes a delayed message before it is published.
--
-- KEYS: 1 sorted set of delayed ids, 2 hash of delayed messages.
-- ARGV: 1 id.
-- Returns: 1 if the message waited and is removed, 0 if none waits.
-- Retry: the second run finds nothing; after a lost reply 0 may mean that the first one removed it.
-- Race: the message is due, and published at the same time: one of the two comes first, and it is either published or
-- removed.
redis.call('HDEL', KEYS[2], ARGV[1])
return redis.call('ZREM', KEYS[1], ARGV[1])
