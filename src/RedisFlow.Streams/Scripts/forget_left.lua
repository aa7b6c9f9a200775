-- Forgets that messages had left for which others of their subject waited: a worker has taken all that is parked.
--
-- KEYS: 1 hash of what parked messages wait for.
-- ARGV: 1 what its field * was before the worker looked.
-- Returns: 1 if it was forgotten, else 0.
-- Retry: the second run finds no field, or another id.
-- Race: a message leaves while the worker looks, and those that waited for it are where the look has been: the id is
-- another one then, and stays.
if redis.call('HGET', KEYS[1], '*') ~= ARGV[1] then return 0 end
return redis.call('HDEL', KEYS[1], '*')
