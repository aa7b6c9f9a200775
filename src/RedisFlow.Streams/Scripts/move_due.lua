-- Publishes the delayed messages that are due, in the order in which they are.
--
-- KEYS: 1 stream, 2 mark of remembered ids, 3 sorted set of delayed ids, 4 hash of delayed messages.
-- ARGV: 1 how many at most, 2 how long ids are remembered, in milliseconds, 3 what the names of the keys that remember
-- ids begin with (they share the stream's hash tag).
-- Returns: {how many were published, in how many milliseconds the next one is due (0: now) or nil, the ids of those
-- whose data was gone}.
-- Retry: what was published waits no longer; a second run goes on with the rest.
-- Race: every instance runs this: a message is removed in the same step in which it is published, so each is published
-- once, and none is lost with the instance that moves it. A message is added before it is removed: should Redis refuse
-- to add it, it still waits.
-- @include now
-- @include prepare
-- @include publish_once
local time = now()
local due = redis.call('ZRANGE', KEYS[3], '-inf', time, 'BYSCORE', 'LIMIT', 0, ARGV[1])
local lost = {}
if #due > 0 then prepare(KEYS[1], KEYS[2], ARGV[2]) end
for _, id in ipairs(due) do
  local data = redis.call('HGET', KEYS[4], id)
  if data then
    publish_once(KEYS[1], KEYS[2], ARGV[3] .. id, id, ARGV[2], data)
  else
    lost[#lost + 1] = id
  end
  redis.call('ZREM', KEYS[3], id)
  redis.call('HDEL', KEYS[4], id)
end
local first = redis.call('ZRANGE', KEYS[3], 0, 0, 'WITHSCORES')
return {#due - #lost, first[2] and math.max(0, first[2] - time) or false, lost}
