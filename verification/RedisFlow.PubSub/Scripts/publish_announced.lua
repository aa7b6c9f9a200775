-- Adds a message, and announces it in the same step.
--
-- KEYS: 1 the stream.
-- ARGV: 1 as publish() needs it (the envelope), 2 the channel.
-- Returns: the message's position, and how many subscribers of this node got it.
-- Retry: the script is not sent again; its message would be another one.
-- Race: no subscriber can hear of an entry before the stream has it, and messages come in the stream's order.
--
-- A PublishingScript, which brings publish():
-- luacheck: read globals publish
local id = publish()
return {id, redis.call('PUBLISH', ARGV[2], id .. '|' .. ARGV[1])}
