-- Reads how far a stream is, and how far one of its groups has settled it, at one moment.
--
-- KEYS: 1 stream.
-- ARGV: 1 group, or an empty string for none.
-- Returns: {last id, entries ever added, the group's last delivered id or nil, its first pending id or nil}. A stream
-- that does not exist has last id 0-0 and 0 entries. Needs Redis 7.0 (entries-added).
-- Retry: reads only.
-- Race: last delivered and first pending must come from one moment; read apart, an entry delivered in between would
-- count as settled.
-- @include map
-- @include find
if redis.call('EXISTS', KEYS[1]) == 0 then return {'0-0', 0, false, false} end
local info = map(redis.call('XINFO', 'STREAM', KEYS[1]))
local group = ARGV[1] ~= '' and find(KEYS[1], ARGV[1])
local pending = group and redis.call('XPENDING', KEYS[1], ARGV[1], '-', '+', 1)[1]
return {
  info['last-generated-id'], info['entries-added'] or false, group and group['last-delivered-id'],
  pending and pending[1] or false}
