-- Makes pending entries available to every worker at once, as if their leases were over.
--
-- KEYS: 1 stream.
-- ARGV: 1 group, 2 how long an entry must have been idle, in milliseconds, 3 the idle time to give it, longer than any
-- lease, 4 first position of the page, with ( before it if exclusive, 5 the page's size, 6 what the keys of consumers
-- begin with.
-- Returns: {released, last id of the page or nil}; nil if there is no such group.
-- Retry: releases again.
-- Race: between looking and releasing the owner settles or renews, or another worker takes over: one moment, so that no
-- entry gets back into the list and no fresh lease is ended. The owner and the delivery count stay. An entry whose data
-- is gone is left alone: XCLAIM would drop it, and the loss would never be reported. XCLAIM makes the owner look alive:
-- how silent it was is noted, after the first XCLAIM, since a full server refuses a script's first write if that needs
-- memory.
-- @include map
-- @include find
-- @include now
-- @include kept
-- @include record
-- @include silent
if not find(KEYS[1], ARGV[1]) then return false end
local page = redis.call('XPENDING', KEYS[1], ARGV[1], 'IDLE', ARGV[2], ARGV[4], '+', ARGV[5])
local released = 0
local silence, claimed, time = {}, {}, now()
for _, raw in ipairs(redis.call('XINFO', 'CONSUMERS', KEYS[1], ARGV[1])) do
  local consumer = map(raw)
  silence[consumer['name']] = silent(ARGV[6], ARGV[1], consumer, time)
end
for _, pending in ipairs(page) do
  local id, owner, idle, count = pending[1], pending[2], pending[3], pending[4]
  if redis.call('XRANGE', KEYS[1], id, id)[1] then
    if idle < tonumber(ARGV[3]) then
      redis.call('XCLAIM', KEYS[1], ARGV[1], owner, 0, id, 'IDLE', ARGV[3], 'RETRYCOUNT', count, 'JUSTID')
      claimed[owner] = true
    end
    released = released + 1
  end
end
for owner in pairs(claimed) do
  local key = record(ARGV[6], ARGV[1], owner)
  redis.call('HSET', key, 'claimed', string.format('%.0f', now()))
  redis.call('PEXPIRE', key, string.format('%.0f', math.max(1, KEPT - silence[owner])))
end
return {released, page[#page] and page[#page][1] or false}
