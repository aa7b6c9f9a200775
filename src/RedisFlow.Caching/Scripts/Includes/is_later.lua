-- is_later(key, position, or_same): whether what is at a key has a later position than this one, or, if or_same, the
-- same one. The position has 16 bytes, as L2Codec writes it. Nothing and foreign values have none. pcall, since the key
-- may hold another type.
-- Compares four bytes at a time, as numbers: a Lua number does not hold every 64-bit integer, and strings would compare
-- by the server's locale.
local function is_later(key, position, or_same)
  local head = redis.pcall('GETRANGE', key, 0, 19)
  if type(head) ~= 'string' or #head ~= 20 or string.byte(head, 1) ~= 0xF5 or string.byte(head, 2) ~= 4 then
    return false
  end
  local present = string.sub(head, 5)
  if present == position then return or_same end
  for at = 1, 13, 4 do
    local a, b = struct.unpack('>I4', present, at), struct.unpack('>I4', position, at)
    if a ~= b then return a > b end
  end
end
