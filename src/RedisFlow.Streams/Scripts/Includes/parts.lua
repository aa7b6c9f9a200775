-- parts(id): the milliseconds and the sequence of a position, as text. A position without a sequence has sequence 0.
-- Text, since a Lua number does not hold every 64-bit integer.
local function parts(id)
  local ms, seq = string.match(id, '^(%d+)-?(%d*)$')
  return ms, seq == '' and '0' or seq
end
