-- Lists parked messages without their data: most of them only tell that they cannot be taken back yet.
--
-- KEYS: 1 parked messages.
-- ARGV: 1 where to begin, as XRANGE takes it, 2 how many.
-- Returns: for each message, oldest first: {id, subject, schema version, payload type}.
-- Retry: reads only.
-- Race: none; a message that has left meanwhile is not taken.
-- @include map
local page = {}
for i, entry in ipairs(redis.call('XRANGE', KEYS[1], ARGV[1], '+', 'COUNT', ARGV[2])) do
  local fields = map(entry[2])
  page[i] = {entry[1], fields['subject'] or '', tonumber(fields['schema']) or 0, fields['type'] or ''}
end
return page
