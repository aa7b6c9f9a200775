-- Creates a consumer group, and the stream if need be, and registers the group as declared.
--
-- KEYS: 1 stream, 2 hash of declared groups.
-- ARGV: 1 group, 2 start position.
-- Returns: 1 if the group was created, 0 if it existed.
-- A group that exists and is declared costs no write: a full server would refuse it, and so keep a worker from starting
-- that would make room. Where the group is only to be declared and a full server refuses that, it stays undeclared
-- until the next start: it exists, and a group that exists keeps the stream from being trimmed as a declared one does.
-- Retry: the second run finds the group and changes nothing.
-- Race: several instances start at once, or heal at once: the first creates, the others find it. A start position
-- beyond the stream's last id comes from a stream that no longer exists; the group then starts at 0-0, or it would skip
-- the new stream's entries.
-- @include map
-- @include before
-- @include find
local start, last, exists = ARGV[2], '0-0', find(KEYS[1], ARGV[1])
if redis.call('EXISTS', KEYS[1]) == 1 then
  last = map(redis.call('XINFO', 'STREAM', KEYS[1]))['last-generated-id']
end
if before(last, start) then start = '0-0' end
if not exists then redis.call('XGROUP', 'CREATE', KEYS[1], ARGV[1], start, 'MKSTREAM') end
if redis.call('HEXISTS', KEYS[2], ARGV[1]) == 0 then
  local declared = redis.pcall('HSET', KEYS[2], ARGV[1], start)
  if not exists and type(declared) == 'table' and declared['err'] then return redis.error_reply(declared['err']) end
end
return exists and 0 or 1
