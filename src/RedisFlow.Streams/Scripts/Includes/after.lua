-- after(id): the next possible position. Adds to the text: a Lua number does not hold every 64-bit integer.
-- @include parts
local function after(id)
  local ms, seq = parts(id)
  -- The highest sequence has no successor within its millisecond; its caller gets the id itself.
  if seq == '18446744073709551615' then return id end
  local head, digit, nines = string.match(seq, '^(%d-)([0-8]?)(9*)$')
  return ms .. '-' .. head .. (digit == '' and '1' or tostring(tonumber(digit) + 1)) .. string.rep('0', #nines)
end
