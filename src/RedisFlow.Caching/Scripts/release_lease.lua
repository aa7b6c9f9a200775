-- Gives a lease back.
--
-- KEYS: 1 the lease's key.
-- ARGV: 1 its token.
-- Returns: 1 if it was given back, 0 if it had ended.
-- Retry: the second time it has ended.
-- Race: a holder that took too long must not end the lease of the one that took it over.
if redis.call('GET', KEYS[1]) == ARGV[1] then
  return redis.call('DEL', KEYS[1])
end
return 0
