-- before(a, b): whether position a is before position b. Compares integers as text, by length and then by digits:
-- a Lua number does not hold every 64-bit integer.
-- @include parts
local function less(a, b)
  if #a ~= #b then return #a < #b end
  return a < b
end
local function before(a, b)
  local ams, aseq = parts(a)
  local bms, bseq = parts(b)
  if ams ~= bms then return less(ams, bms) end
  return less(aseq, bseq)
end
