-- Reads entries that this consumer owns in the pending list, to handle them (again).
--
-- KEYS: 1 stream.
-- ARGV: 1 group, 2 consumer, 3 whether to count this as a delivery (1 or 0), 4… positions.
-- Returns: for each entry that the consumer owns: {position, delivery count, fields}; fields is nil if the data is
-- gone.
-- Retry: reads again; with counting, a lost reply may cost the entry one attempt, never the entry.
-- Race: another consumer took the entry over, or it was settled: XPENDING by owner finds nothing, and it is left alone.
-- XCLAIM alone would steal it back, and reading the own list with XREADGROUP would count a delivery for everything that
-- is running.
-- @include owned
local taken = {}
for i = 4, #ARGV do
  local id = ARGV[i]
  local pending = owned(KEYS[1], ARGV[1], ARGV[2], id)
  if pending then
    local count = pending[4]
    local entry = redis.call('XRANGE', KEYS[1], id, id)[1]
    if not entry then
      taken[#taken + 1] = {id, count, false}
    else
      if ARGV[3] == '1' then count = count + 1 end
      redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0, id, 'RETRYCOUNT', count, 'JUSTID')
      taken[#taken + 1] = {id, count, entry[2]}
    end
  end
end
return taken
