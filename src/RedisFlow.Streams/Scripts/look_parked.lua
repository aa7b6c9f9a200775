-- Tells what a group has parked, in few words.
--
-- KEYS: 1 parked messages, 2 hash of what they wait for.
-- ARGV: 1 group.
-- Returns: {names and values of the hash, id of the oldest parked message or nil, server time in Unix milliseconds, how
-- many messages workers have taken back and not settled}.
-- Retry: reads only.
-- Race: none; what is decided by it is checked again by those who act on it.
-- @include now
local oldest = redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', 1)[1]
local taken = oldest and redis.call('XPENDING', KEYS[1], ARGV[1])[1] or 0
return {redis.call('HGETALL', KEYS[2]), oldest and oldest[1] or false, now(), taken}
