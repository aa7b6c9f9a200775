-- prepare(stream, mark, milliseconds): makes the stream remember ids for at least that long. The setting is only ever
-- raised: with every change the stream forgets what it remembers, so instances with different settings must not change
-- it in turn. A stream that remembers so many ids that it may soon forget the oldest ones gets the mark: as long as
-- that exists, ids are remembered as keys too.
-- MOST: the most ids that a stream can be told to remember of one producer.
-- CROWDED: how many ids the stream remembers when they are remembered as keys too: half of what all 256 producers (see
-- publish_once) can hold.
-- @include native
local MOST, CROWDED = 10000, 1280000
local function prepare(stream, mark, milliseconds)
  if not native then return end
  if redis.call('EXISTS', stream) == 0 then
    redis.call('XGROUP', 'CREATE', stream, 'prepare', '0', 'MKSTREAM')
    redis.call('XGROUP', 'DESTROY', stream, 'prepare')
  end
  local wanted = math.ceil(tonumber(milliseconds) / 1000)
  local duration, most, tracked = 0, 0, 0
  local info = redis.call('XINFO', 'STREAM', stream)
  for i = 1, #info, 2 do
    if info[i] == 'idmp-duration' then duration = tonumber(info[i + 1]) end
    if info[i] == 'idmp-maxsize' then most = tonumber(info[i + 1]) end
    if info[i] == 'iids-tracked' then tracked = tonumber(info[i + 1]) end
  end
  if duration < wanted or most < MOST then
    redis.call('XCFGSET', stream, 'IDMP-DURATION', math.max(duration, wanted), 'IDMP-MAXSIZE', MOST)
  end
  if tracked > CROWDED then redis.call('SET', mark, tracked, 'PX', milliseconds) end
end
