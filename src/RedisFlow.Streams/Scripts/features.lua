-- Asks the server what it is and whether it knows some commands.
--
-- KEYS: 1 stream, which is not read: it leads to the server that has it.
-- ARGV: names of commands.
-- Returns: {version, how many of the commands exist, whether streams exist (1 or 0), the section "server" of INFO}. The
-- version is 0x00MMmmpp (major, minor, patch), or 0 before 7.0, which has no REDIS_VERSION_NUM; the section is empty
-- where the server does not tell it, e.g. by an ACL without INFO. A script, since the client library lets INFO pass
-- only with allowAdmin, its own IServer.Version is an assumption until it could ask, and HELLO may change the protocol
-- of the shared connection.
-- Retry: reads only.
-- Race: none; all answers come from one server.
local function exists(command) return redis.call('COMMAND', 'INFO', command)[1] and 1 or 0 end
local known = 0
for _, command in ipairs(ARGV) do known = known + exists(command) end
local info = redis.pcall('INFO', 'server')
return {redis.REDIS_VERSION_NUM or 0, known, exists('XREADGROUP'), type(info) == 'string' and info or ''}
