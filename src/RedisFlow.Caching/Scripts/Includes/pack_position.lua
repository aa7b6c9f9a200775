-- pack_position(id): a position as L2Codec writes it: 16 bytes, of the milliseconds and the sequence as big-endian
-- 64-bit integers. Converts digit by digit to two halves: a Lua number does not hold every 64-bit integer.
-- @include parts
local function pack_integer(text)
  local high, low = 0, 0
  for digit in string.gmatch(text, '%d') do
    low = low * 10 + tonumber(digit)
    local carry = math.floor(low / 4294967296)
    high, low = high * 10 + carry, low - carry * 4294967296
  end
  return struct.pack('>I4I4', high, low)
end
local function pack_position(id)
  local ms, seq = parts(id)
  return pack_integer(ms) .. pack_integer(seq)
end
