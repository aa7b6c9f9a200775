-- Makes a stream remember the ids of its messages, where the server can do that.
--
-- KEYS: 1 stream, 2 mark of remembered ids.
-- ARGV: 1 how long ids are remembered, in milliseconds.
-- Returns: 1 if the stream remembers all ids, so that XADD IDMP alone suffices; 0 if the server cannot do that, or if
-- ids are remembered as keys: by a former server, or because there are too many.
-- Retry: the second run finds the setting and changes nothing.
-- Race: several instances prepare at once: the first changes the setting, the others find it. With their own writes to
-- the setting, each would make the stream forget the ids that the others have published since.
-- @include native
-- @include prepare
prepare(KEYS[1], KEYS[2], ARGV[1])
return native and redis.call('EXISTS', KEYS[2]) == 0 and 1 or 0
