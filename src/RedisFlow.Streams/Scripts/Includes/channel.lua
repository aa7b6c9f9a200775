-- channel: the channel on which entries are announced, or an empty string for none; see StreamContext.Channel. In every
-- script that adds messages to the stream it is ARGV[1].
local channel = ARGV[1]
