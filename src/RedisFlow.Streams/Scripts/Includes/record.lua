-- record(prefix, group, consumer): the key of what is known of a consumer, a hash that expires KEPT milliseconds after
-- the consumer's last sign of life. prefix is StreamKeys.ConsumerPrefix, in the stream's slot. Which worker holds the
-- consumer's name is in it, too; see hold_name.
local function record(prefix, group, consumer) return prefix .. group .. '/' .. consumer end
