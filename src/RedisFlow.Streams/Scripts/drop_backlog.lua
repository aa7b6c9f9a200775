-- Lets a group go on at the stream's end, with nothing pending.
--
-- KEYS: 1 stream.
-- ARGV: 1 group.
-- Returns: {pending entries dropped, entries skipped that the group was never given or nil if unknown, the stream's
-- last id}; nil if there is no such group.
-- Retry: drops what came in between, too; the second reply counts only that.
-- Race: workers read and settle meanwhile: whatever is in the stream at this one moment is dropped, whatever comes
-- later is delivered.
-- @include map
-- @include find
-- @include lag
local group = find(KEYS[1], ARGV[1])
if not group then return false end
local info = map(redis.call('XINFO', 'STREAM', KEYS[1]))
local skipped = lag(group, info)
redis.call('XGROUP', 'SETID', KEYS[1], ARGV[1], info['last-generated-id'], 'ENTRIESREAD', info['entries-added'])
local dropped = 0
while true do
  local page = redis.call('XPENDING', KEYS[1], ARGV[1], '-', '+', 1000)
  if #page == 0 then break end
  local ids = {}
  for i, pending in ipairs(page) do ids[i] = pending[1] end
  dropped = dropped + redis.call('XACK', KEYS[1], ARGV[1], unpack(ids))
end
return {dropped, skipped, info['last-generated-id']}
