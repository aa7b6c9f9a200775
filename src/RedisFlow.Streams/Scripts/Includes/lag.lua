-- lag(group, info): how many entries a group was not given yet; false if that is unknown. group and info are maps of
-- what XINFO GROUPS and XINFO STREAM say.
-- Redis derives it from the number of entries that the group has read. That number is in the append-only file when a
-- position is set, but not when entries are read: after a restart it is as old as the last XGROUP SETID, and the lag
-- too large, for good. A group at the stream's end lags behind nothing, whatever the number is.
local function lag(group, info)
  if group['last-delivered-id'] == info['last-generated-id'] then return 0 end
  return group['lag'] or false
end
