-- Settles parked messages that were taken back and handled.
--
-- KEYS: 1 parked messages, 2 hash of their subjects, 3 hash of what they wait for.
-- ARGV: 1 group, 2… ids.
-- Returns: how many left by this.
-- Retry: XACK removes an id from the pending list once; only who removed it takes the message out and counts it.
-- Race: two workers took the same message back, one after the other lost its lease: the first to have handled it
-- settles it, the other finds nothing.
-- @include settle
-- @include leave
local left = 0
for i = 2, #ARGV do
  if settle(KEYS[1], ARGV[1], ARGV[i]) then
    leave(KEYS[1], KEYS[2], KEYS[3], ARGV[i])
    left = left + 1
  end
end
return left
