-- silent(prefix, group, consumer, time): for how long a consumer has given no sign of life, in milliseconds; consumer
-- is a map of what XINFO CONSUMERS says.
-- XCLAIM counts as a sign of life of the consumer that it claims for, also if another one sends it. So whichever client
-- claims for another consumer notes when it did, and how silent the consumer was: what XINFO CONSUMERS says counts only
-- if it is younger than that.
-- @include kept
-- @include record
local function silent(prefix, group, consumer, time)
  local key = record(prefix, group, consumer['name'])
  local left = redis.call('PTTL', key)
  if left < 0 then return consumer['idle'] end
  local claimed = redis.call('HGET', key, 'claimed')
  if claimed and time - consumer['idle'] <= tonumber(claimed) then return math.max(0, KEPT - left) end
  return math.max(0, math.min(consumer['idle'], KEPT - left))
end
