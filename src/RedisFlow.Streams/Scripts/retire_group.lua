-- Deletes a group permanently.
--
-- KEYS: 1 stream, 2 hash of declared groups, 3 hash of paused groups, 4 parked messages, 5 hash of their subjects,
-- 6 hash of what they wait for.
-- ARGV: 1 group, 2 for how long its consumers must have given no sign of life, in milliseconds, 3 what the keys of
-- consumers begin with.
-- Returns: {1, pending entries given up, entries given up that the group was never given or nil if unknown, parked
-- messages given up} if the group is gone now; {0, consumer, milliseconds since its sign of life} if one of its
-- consumers lives, and nothing was changed; nil if the group is neither declared nor existing.
-- Retry: the second run finds no such group.
-- Race: a worker that starts meanwhile: looking for consumers that live and taking the group away are one moment, so
-- its sign of life comes either before that, and the group stays, or after it, and the worker creates the group again:
-- it then misses nothing of what the stream still has.
-- @include map
-- @include find
-- @include lag
-- @include now
-- @include record
-- @include silent
local group, pending, undelivered = find(KEYS[1], ARGV[1]), 0, 0
if group then
  pending, undelivered = group['pending'], lag(group, map(redis.call('XINFO', 'STREAM', KEYS[1])))
  local consumers, time = redis.call('XINFO', 'CONSUMERS', KEYS[1], ARGV[1]), now()
  for i, raw in ipairs(consumers) do
    local consumer = map(raw)
    local silence = silent(ARGV[3], ARGV[1], consumer, time)
    if silence < tonumber(ARGV[2]) then return {0, consumer['name'], silence} end
    consumers[i] = consumer['name']
  end
  for _, name in ipairs(consumers) do redis.call('DEL', record(ARGV[3], ARGV[1], name)) end
  redis.call('XGROUP', 'DESTROY', KEYS[1], ARGV[1])
end
local declared = redis.call('HDEL', KEYS[2], ARGV[1])
redis.call('HDEL', KEYS[3], ARGV[1])
if not group and declared == 0 then return false end
local parked = redis.call('XLEN', KEYS[4])
redis.call('DEL', KEYS[4], KEYS[5], KEYS[6])
return {1, pending, undelivered, parked}
