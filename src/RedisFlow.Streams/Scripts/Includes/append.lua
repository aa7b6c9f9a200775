-- append(stream, data): adds an entry, announces it as id|data in the same step, and returns its id. All scripts that
-- add messages do it, so that there is one way. If Redis refuses the announcement (an ACL without the channel), the
-- entry is in the stream, and the script fails: its publisher learns that the message is not known to be out.
-- @include channel
local function append(stream, data)
  local id = redis.call('XADD', stream, '*', 'data', data)
  if channel ~= '' then redis.call('PUBLISH', channel, id .. '|' .. data) end
  return id
end
