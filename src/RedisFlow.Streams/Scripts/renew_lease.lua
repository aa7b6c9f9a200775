-- Renews the lease of entries that a consumer holds.
--
-- KEYS: 1 stream.
-- ARGV: 1 group, 2 consumer, 3… positions.
-- Returns: the positions that the consumer owns; their idle time begins again, their delivery count stays.
-- Retry: renews once more, which does no harm.
-- Race: another consumer took an entry over, or it was settled: the consumer's own part of the pending list does not
-- have it. XCLAIM alone would steal it back. An entry whose data was removed is the consumer's too, and not renewed:
-- XCLAIM would drop it from the pending list without a word, while a takeover after the lease reports it as lost.
-- @include owned
local held = {}
local present = {}
for i = 3, #ARGV do
  if owned(KEYS[1], ARGV[1], ARGV[2], ARGV[i]) then
    held[#held + 1] = ARGV[i]
    if redis.call('XRANGE', KEYS[1], ARGV[i], ARGV[i])[1] then present[#present + 1] = ARGV[i] end
  end
end
if #present > 0 then
  local claim = {'XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0}
  for _, id in ipairs(present) do claim[#claim + 1] = id end
  claim[#claim + 1] = 'JUSTID'
  redis.call(unpack(claim))
end
return held
