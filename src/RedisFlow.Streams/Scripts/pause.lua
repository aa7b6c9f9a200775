-- Pauses a group.
--
-- KEYS: 1 stream, 2 hash of declared groups, 3 hash of paused groups.
-- ARGV: 1 group, 2 reason.
-- Returns: the time since when the group is paused, in Unix milliseconds; nil if the group is neither declared nor
-- existing.
-- Retry: the group stays paused since the first run.
-- Race: two operators pause: the first one's time and the last one's reason hold.
-- @include find
-- @include now
if redis.call('HEXISTS', KEYS[2], ARGV[1]) == 0 and not find(KEYS[1], ARGV[1]) then return false end
local since = string.format('%.0f', now())
local paused = redis.call('HGET', KEYS[3], ARGV[1])
if paused then since = string.match(paused, '^%d+') or since end
redis.call('HSET', KEYS[3], ARGV[1], since .. ' ' .. ARGV[2])
return since
