-- publish(): adds the message, and returns its id. KEYS[1] is the stream, ARGV[1] the envelope. Comes before each
-- PublishingScript.
local function publish() return redis.call('XADD', KEYS[1], '*', 'data', ARGV[1]) end
