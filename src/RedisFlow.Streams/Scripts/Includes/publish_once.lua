-- publish_once(stream, mark, id_key, id, milliseconds, data): returns the position of the message with the id, new or
-- from before. What is remembered as a key counts first, also from a former server.
-- PRODUCER_DIGITS: how many digits of the hash of an id name its producer: 2, for 256 producers
-- (IdempotentPublisher.ProducerDigits). The same id has the same producer, whichever client publishes it, and all
-- together remember 2.56 million ids. Not more of them, since XINFO STREAM goes through all: 65,536 producers make it
-- take 12 ms.
-- @include native
local PRODUCER_DIGITS = 2
local marked
local function publish_once(stream, mark, id_key, id, milliseconds, data)
  local known = redis.call('GET', id_key)
  if known then return known end
  if marked == nil then
    if not native then redis.call('SET', mark, id, 'PX', milliseconds) end
    marked = redis.call('EXISTS', mark) == 1
  end
  local position
  if native then
    local producer = string.sub(redis.sha1hex(id), 1, PRODUCER_DIGITS)
    position = redis.call('XADD', stream, 'IDMP', producer, id, '*', 'data', data)
  else
    position = redis.call('XADD', stream, '*', 'data', data)
  end
  if marked then redis.call('SET', id_key, position, 'PX', milliseconds) end
  return position
end
