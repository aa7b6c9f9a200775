-- Moves a pending entry to what its group has parked.
--
-- KEYS: 1 stream, 2 parked messages, 3 hash of their subjects, 4 hash of what they wait for.
-- ARGV: 1 group, 2 position, 3 consumer, 4 subject or an empty string, 5 what it waits for; an empty string: it is
-- parked only behind others of its subject, 6… names and values of the parked message's further fields.
-- Returns: 1 if the message is parked; 0 if it is free: no parked one of its subject is there (any more), so it may be
-- handled (see ParkReply); nil if the entry was not pending, or is pending for another consumer.
-- Retry: XACK removes the entry from the pending list once; only who removed it parks it.
-- Race: a message that waits behind others comes when the last of those leaves: whether they are there and its parking
-- are one moment, so it is either handled after them or parked while one of them is still to leave, which then says
-- that others wait. The entry's former and its new owner: as in dead_letter.
-- A full server refuses only the first write of a script that needs memory: XACK needs none, so a message can be parked
-- there, too.
-- @include owned
-- @include settle
if not owned(KEYS[1], ARGV[1], ARGV[3], ARGV[2]) then return false end
local waits = ARGV[5] ~= ''
if not waits and redis.call('HEXISTS', KEYS[3], ARGV[4]) == 0 then return 0 end
if not settle(KEYS[1], ARGV[1], ARGV[2]) then return false end
local fields = {unpack(ARGV, 6)}
if waits then
  fields[#fields + 1] = 'waits'
  fields[#fields + 1] = ARGV[5]
  redis.call('HINCRBY', KEYS[4], ARGV[5], 1)
end
redis.call('XADD', KEYS[2], '*', 'position', ARGV[2], 'subject', ARGV[4], unpack(fields))
-- The group has the deliveries of those that are taken back: which worker has them, and how often.
if redis.call('XLEN', KEYS[2]) == 1 then redis.pcall('XGROUP', 'CREATE', KEYS[2], ARGV[1], '0') end
if ARGV[4] ~= '' then redis.call('HINCRBY', KEYS[3], ARGV[4], 1) end
return 1
