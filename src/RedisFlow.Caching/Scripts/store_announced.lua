-- Publishes the message that drops a key elsewhere, and stores an entry as of it.
--
-- KEYS: 1 the stream, 2 the entry's key.
-- ARGV: 1 as publish() needs it (the envelope), 2 the position up to which the writer knows the stream, 3 the encoded
-- entry, with any position, 4 time to live in ms.
-- Returns: the message's position, and 1 if the entry was stored, 0 if the stream has something between the writer's
-- position and the message, or no longer says whether it has.
-- Retry: the script is not sent again; its message would be another one.
-- Race: a change that was announced while the value was on its way here. The value may be from before it, and its
-- position would hide that.
--
-- A PublishingScript, which brings publish():
-- luacheck: read globals publish
-- @include pack_position
local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
local id = publish()
if not last or last[1] ~= ARGV[2] then
  return {id, 0}
end
local position = pack_position(id)
local head, middle, rest = string.sub(ARGV[3], 1, 4), string.sub(ARGV[3], 21, 46), string.sub(ARGV[3], 63)
local entry = head .. position .. middle .. position .. rest
redis.call('SET', KEYS[2], entry, 'PX', ARGV[4])
return {id, 1}
