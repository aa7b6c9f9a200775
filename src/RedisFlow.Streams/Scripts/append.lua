-- Adds a message without an id, and announces it.
--
-- KEYS: 1 stream.
-- ARGV: 1 channel, 2 envelope.
-- Returns: the message's position.
-- Retry: adds the message again, as a repeated XADD does; handlers cope with duplicates.
-- Race: no subscriber can hear of an entry before the stream has it, and no entry is there unannounced.
-- @include append
return append(KEYS[1], ARGV[2])
