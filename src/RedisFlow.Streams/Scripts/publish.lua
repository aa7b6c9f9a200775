-- Publishes messages in their order, those with an id given by the publisher at most once.
--
-- KEYS: 1 stream, 2 mark of remembered ids, 3… of each message with an id, in their order: the key that remembers it.
-- ARGV: 1 how long ids are remembered, in milliseconds, 2 whether to prepare the stream (1 or 0), 3… of each message:
-- its id, or an empty string if it has none to be recognised by; its envelope.
-- Returns: the position of each message.
-- Retry: adds nothing for the messages with an id; publishes the others again.
-- Race: several publishers of one id: the first adds the message, the others learn its position. The messages of one
-- run follow each other in the stream without others in between.
-- @include prepare
-- @include publish_once
local positions = {}
local key = 3
if ARGV[2] == '1' then prepare(KEYS[1], KEYS[2], ARGV[1]) end
for i = 3, #ARGV, 2 do
  if ARGV[i] == '' then
    positions[#positions + 1] = redis.call('XADD', KEYS[1], '*', 'data', ARGV[i + 1])
  else
    positions[#positions + 1] = publish_once(KEYS[1], KEYS[2], KEYS[key], ARGV[i], ARGV[1], ARGV[i + 1])
    key = key + 1
  end
end
return positions
