-- Moves a pending entry to the dead-letter stream.
--
-- KEYS: 1 stream, or what a group has parked, 2 dead-letter stream, 3 and 4 only of what is parked: hash of its
-- subjects, hash of what it waits for.
-- ARGV: 1 group, 2 id, 3 consumer, 4… names and values of the dead letter's fields.
-- Returns: the dead letter's id; nil if the entry was not pending, or is pending for another consumer.
-- Retry: XACK removes the entry from the pending list once; only who removed it writes the dead letter.
-- Race: the entry's former and its new owner both give up, or one gives up while the other succeeds: only the owner's
-- word counts, and one outcome comes of it, never two.
-- @include owned
-- @include settle
-- @include leave
if not owned(KEYS[1], ARGV[1], ARGV[3], ARGV[2]) then return false end
if not settle(KEYS[1], ARGV[1], ARGV[2]) then return false end
local letter = redis.call('XADD', KEYS[2], '*', unpack(ARGV, 4))
if KEYS[3] then leave(KEYS[1], KEYS[3], KEYS[4], ARGV[2]) end
return letter
