-- publish(): adds the message, and returns its id. KEYS[1] is the stream, ARGV[1] the channel, ARGV[2] the envelope.
-- Comes before each PublishingScript.
-- @include append
local function publish() return append(KEYS[1], ARGV[2]) end
