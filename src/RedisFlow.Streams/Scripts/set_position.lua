-- Sets a group back, so that it receives again what it received before.
--
-- KEYS: 1 stream.
-- ARGV: 1 group, 2 the position just before the first entry to deliver, 3 how many entries come after it, counted when
-- 4 so many entries had ever been added and 5 so many of them removed.
-- Returns: how many entries come after it now; -1 if the group has not been given what comes after the position, and
-- stays where it is; -2 if entries were removed since the count; nil if there is no such group.
-- Retry: sets it back again; what was delivered in between is delivered again too.
-- Race: the group reads, publishers add and instances trim. A group that was ahead when the count began may have been
-- destroyed and created again: set forward it would skip entries, so its position is checked here. With the number of
-- entries that it "has read" (all but those that come after), Redis knows its lag.
-- @include map
-- @include before
-- @include find
local group = find(KEYS[1], ARGV[1])
if not group then return false end
local info = map(redis.call('XINFO', 'STREAM', KEYS[1]))
if not before(ARGV[2], group['last-delivered-id']) then return -1 end
if info['entries-added'] - info['length'] ~= tonumber(ARGV[5]) then return -2 end
local count = tonumber(ARGV[3]) + info['entries-added'] - tonumber(ARGV[4])
redis.call('XGROUP', 'SETID', KEYS[1], ARGV[1], ARGV[2], 'ENTRIESREAD', info['entries-added'] - count)
return count
