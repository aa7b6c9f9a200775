-- Reads everything that monitoring shows about a stream.
--
-- KEYS: 1 stream, 2 dead-letter stream, 3 hash of declared groups, 4 hash of paused groups, 5 sorted set of delayed
-- messages.
-- ARGV: 1 what the keys of consumers begin with, 2 what the keys of parked messages begin with, 3 what the keys of what
-- those wait for begin with.
-- Returns: {length, last id, dead letters, server time in Unix milliseconds, groups, first id or nil, entries ever
-- added, bytes of memory or nil, delayed messages}; a group is {name, lag or nil, pending, last delivered id, first
-- pending id or nil, consumers, declared, exists, pause or nil, entries read or nil, milliseconds since the first
-- pending entry was delivered or renewed, its deliveries, parked messages, names and values of what they wait for}; a
-- consumer is {name, pending, milliseconds since its last sign of life, milliseconds since it last got entries or nil
-- (before Redis 7.2), or -1 if it never did, another worker that wants its name or nil}. A declared group that does not
-- exist has lag nil and no consumers. Memory is estimated from a sample, and nil where the command is not allowed.
-- Retry: reads only.
-- Race: the numbers belong to one moment, so that lag, pending and length fit together.
-- @include map
-- @include lag
-- @include now
-- @include recent
-- @include record
-- @include silent
local time = now()
local length, last, first, added, memory = 0, '0-0', false, 0, false
local groups = {}
local seen = {}
local declared = map(redis.call('HGETALL', KEYS[3]))
local paused = map(redis.call('HGETALL', KEYS[4]))
local function parked(name) return redis.call('XLEN', ARGV[2] .. name), redis.call('HGETALL', ARGV[3] .. name) end
if redis.call('EXISTS', KEYS[1]) == 1 then
  local info = map(redis.call('XINFO', 'STREAM', KEYS[1]))
  length, last, added = info['length'], info['last-generated-id'], info['entries-added']
  first = info['first-entry'] and info['first-entry'][1]
  local usage = redis.pcall('MEMORY', 'USAGE', KEYS[1], 'SAMPLES', 5)
  memory = type(usage) == 'number' and usage
  for _, raw in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
    local group = map(raw)
    local name = group['name']
    local consumers = {}
    for _, rawConsumer in ipairs(redis.call('XINFO', 'CONSUMERS', KEYS[1], name)) do
      local consumer = map(rawConsumer)
      local silence, inactive = silent(ARGV[1], name, consumer, time), consumer['inactive'] or false
      -- To get entries is a sign of life; a younger one is that of a client that claimed for it.
      if inactive and inactive >= 0 then inactive = math.max(inactive, silence) end
      local rival = redis.call('HMGET', record(ARGV[1], name, consumer['name']), 'rival', 'rival-at')
      rival = rival[2] and time - rival[2] < RECENT and rival[1]
      consumers[#consumers + 1] = {consumer['name'], consumer['pending'], silence, inactive, rival or false}
    end
    local pending = redis.call('XPENDING', KEYS[1], name, '-', '+', 1)[1] or {}
    seen[name] = true
    groups[#groups + 1] = {
      name, lag(group, info), group['pending'], group['last-delivered-id'], pending[1] or false, consumers,
      declared[name] and 1 or 0, 1, paused[name] or false, group['entries-read'] or false, pending[3] or false,
      pending[4] or false, parked(name)}
  end
end
for name in pairs(declared) do
  if not seen[name] then
    groups[#groups + 1] = {
      name, false, 0, '0-0', false, {}, 1, 0, paused[name] or false, false, false, false, parked(name)}
  end
end
return {length, last, redis.call('XLEN', KEYS[2]), time, groups, first, added, memory, redis.call('ZCARD', KEYS[5])}
