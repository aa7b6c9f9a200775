-- luacheck for the scripts that Redis runs: "luacheck src services verification". A script may use what Redis has, and
-- what the files define that it names in its own lines "-- @include name".
std = 'lua51'
read_globals = {'KEYS', 'ARGV', 'redis', 'cjson', 'cmsgpack', 'bit', 'struct'}
max_line_length = 120

local libraries = {'src/RedisFlow.Streams', 'src/RedisFlow.Caching'}

local function lines(path)
  local file = io.open(path)
  if not file then return nil end
  local text = file:read('*a')
  file:close()
  return string.gmatch(text, '[^\n]+')
end

-- What a file defines for those that include it: its locals that are not indented.
local function definitions(path)
  local names = {}
  for line in lines(path) or function() end do
    local one, list = string.match(line, '^local function ([%w_]+)'), string.match(line, '^local ([%w_, ]+)')
    for name in string.gmatch(one or list or '', '[%w_]+') do names[#names + 1] = name end
  end
  return names
end

-- An include comes from the script's library, or else from the first one, as LuaResource finds it.
local function include(library, name)
  for _, candidate in ipairs({library, libraries[1]}) do
    local path = candidate .. '/Scripts/Includes/' .. name .. '.lua'
    if lines(path) then return path end
  end
end

for _, library in ipairs(libraries) do
  local listing = io.popen('ls ' .. library .. '/Scripts/*.lua ' .. library .. '/Scripts/Includes/*.lua')
  for path in listing:lines() do
    local included, unused = {}, {}
    for line in lines(path) do
      local name = string.match(line, '^%-%- @include (%S+)$')
      local file = name and include(library, name)
      for _, definition in ipairs(file and definitions(file) or {}) do included[#included + 1] = definition end
    end
    -- What an include defines is used by others.
    if string.find(path, '/Includes/', 1, true) then
      for _, definition in ipairs(definitions(path)) do unused[#unused + 1] = '2[123]1/' .. definition end
    end
    files[path] = {read_globals = included, ignore = unused}
  end
  listing:close()
end
