-- find(key, name): the map of what XINFO GROUPS says of a group; false if the stream or the group does not exist.
-- @include map
local function find(key, name)
  if redis.call('EXISTS', key) == 0 then return false end
  for _, raw in ipairs(redis.call('XINFO', 'GROUPS', key)) do
    local group = map(raw)
    if group['name'] == name then return group end
  end
  return false
end
