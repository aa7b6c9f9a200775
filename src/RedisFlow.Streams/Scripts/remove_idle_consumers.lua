-- Removes the consumers of all groups that hold nothing and have given no sign of life for long.
--
-- KEYS: 1 stream.
-- ARGV: 1 how long a consumer must have given no sign of life, in milliseconds, 2 what the keys of consumers
-- begin with.
-- Returns: a flat list of group, consumer, group, consumer…
-- Retry: the second run finds none of them.
-- Race: as for remove_consumer: a consumer that was given an entry since is not idle and not empty.
-- @include map
-- @include now
-- @include record
-- @include silent
local removed, time = {}, now()
if redis.call('EXISTS', KEYS[1]) == 0 then return removed end
for _, rawGroup in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
  local group = map(rawGroup)['name']
  for _, raw in ipairs(redis.call('XINFO', 'CONSUMERS', KEYS[1], group)) do
    local consumer = map(raw)
    if consumer['pending'] == 0 and silent(ARGV[2], group, consumer, time) > tonumber(ARGV[1]) then
      redis.call('XGROUP', 'DELCONSUMER', KEYS[1], group, consumer['name'])
      redis.call('DEL', record(ARGV[2], group, consumer['name']))
      removed[#removed + 1] = group
      removed[#removed + 1] = consumer['name']
    end
  end
end
return removed
