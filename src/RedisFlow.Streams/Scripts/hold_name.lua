-- Takes or keeps a consumer's name for one worker, which thereby gives a sign of life.
--
-- KEYS: 1 what is known of the consumer.
-- ARGV: 1 the worker's token, 2 the token that it took the name from, or an empty string, 3 the worker in words,
-- 4 after how many milliseconds without a sign of life a name is free, 5 how old the last sign of life may be before
-- the next one, in milliseconds, 6 whether the worker has just started (1 or 0).
-- Returns: {1 (taken), former token or an empty string, milliseconds since its sign of life}; {2 (kept), another worker
-- in words that wants the name, or an empty string, 0}; {0 (held by another), that one in words, 0}; see NameReply.
-- Retry: the second run finds the worker's token.
-- Race: two workers with one name. One that has just started gets it: after a crash the former one never gives it up.
-- The other one finds a token that is not its own, and waits until that is released or silent. The token that the
-- worker took the name from says that a failover lost the taking. Of two that take the name at once, the later one has
-- it.
-- A full server refuses the first write of a script that needs memory, and so no name is taken then; the worker that
-- has one keeps it: PEXPIRE needs none.
-- @include now
-- @include kept
-- @include recent
local token, left = redis.call('HGET', KEYS[1], 'token'), redis.call('PTTL', KEYS[1])
local silence = left < 0 and KEPT or KEPT - left
if token == ARGV[1] then
  if silence >= tonumber(ARGV[5]) then redis.call('PEXPIRE', KEYS[1], KEPT) end
  local rival = redis.call('HMGET', KEYS[1], 'rival', 'rival-at')
  return {2, rival[1] and now() - rival[2] < RECENT and rival[1] or '', 0}
end
if not token or token == ARGV[2] or silence >= tonumber(ARGV[4]) or ARGV[6] == '1' then
  redis.call('HSET', KEYS[1], 'token', ARGV[1], 'holder', ARGV[3])
  redis.call('HDEL', KEYS[1], 'rival', 'rival-at')
  redis.call('PEXPIRE', KEYS[1], KEPT)
  return {1, token or '', silence}
end
redis.pcall('HSET', KEYS[1], 'rival', ARGV[3], 'rival-at', string.format('%.0f', now()))
return {0, redis.call('HGET', KEYS[1], 'holder') or '', 0}
