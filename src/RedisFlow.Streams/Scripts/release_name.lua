-- Gives a consumer's name up.
--
-- KEYS: 1 what is known of the consumer.
-- ARGV: 1 the worker's token.
-- Returns: 1 if the worker had the name, else 0.
-- Retry: the second run finds another token, or none.
-- Race: another worker took the name: it keeps it. The last sign of life stays known.
if redis.call('HGET', KEYS[1], 'token') ~= ARGV[1] then return 0 end
return redis.call('HDEL', KEYS[1], 'token')
