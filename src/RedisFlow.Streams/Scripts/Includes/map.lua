-- map(list): a flat list of names and values as a table.
local function map(list)
  local result = {}
  for i = 1, #list, 2 do result[list[i]] = list[i + 1] end
  return result
end
