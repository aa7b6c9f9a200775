-- Counts a page of the entries that a replay would deliver, and tells the state that the count belongs to.
--
-- KEYS: 1 stream.
-- ARGV: 1 group, 2 first position of the page, with ( before it if exclusive, 3 last position of the range, 4 the
-- page's size.
-- Returns: {last id, entries ever added, entries removed, id of the stream's first entry or nil, count, the page's
-- first id or nil, its last id or nil}; nil if there is no such group.
-- Retry: reads only.
-- Race: between the pages entries are added or removed: set_position sees by both counts whether the sum still holds.
-- @include map
-- @include find
if not find(KEYS[1], ARGV[1]) then return false end
local info = map(redis.call('XINFO', 'STREAM', KEYS[1]))
local page = redis.call('XRANGE', KEYS[1], ARGV[2], ARGV[3], 'COUNT', ARGV[4])
local first = redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', 1)[1]
return {
  info['last-generated-id'], info['entries-added'], info['entries-added'] - info['length'], first and first[1] or false,
  #page, page[1] and page[1][1] or false, page[#page] and page[#page][1] or false}
