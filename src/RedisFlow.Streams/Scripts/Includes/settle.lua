-- settle(key, group, id): removes an entry from the group's pending list; whether it was there. XACK removes an entry
-- once, so that of all who try, only one acts on it.
local function settle(key, group, id)
  return redis.call('XACK', key, group, id) == 1
end
