-- leave(parked, subjects, types, id): takes a message out of what a group has parked, and out of both counts. If others
-- of its subject stay, they may have waited for this one, and nothing else would make a worker look for them: so the
-- field * gets its id, which no other message had. With the last message goes all.
-- @include map
local function leave(parked, subjects, types, id)
  local entry = redis.call('XRANGE', parked, id, id)[1]
  if not entry then return end
  local fields = map(entry[2])
  redis.call('XDEL', parked, id)
  if redis.call('XLEN', parked) == 0 then
    redis.call('DEL', parked, subjects, types)
    return
  end
  if fields['waits'] and redis.call('HINCRBY', types, fields['waits'], -1) <= 0 then
    redis.call('HDEL', types, fields['waits'])
  end
  if fields['subject'] == '' then return end
  if redis.call('HINCRBY', subjects, fields['subject'], -1) <= 0 then
    redis.call('HDEL', subjects, fields['subject'])
  else
    redis.call('HSET', types, '*', id)
  end
end
