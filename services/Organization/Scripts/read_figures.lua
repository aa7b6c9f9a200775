-- Reads the figures over all companies.
--
-- KEYS: 1 companies by id, 2 number of all dealerships, 3 companies by their number of dealerships.
-- ARGV: none.
-- Returns: {companies, dealerships or nil, the id of the company with the most dealerships or nil}.
-- Retry: reads only.
-- Race: the numbers belong to one moment. Not MULTI, in which a full server refuses reads as well.
return {
  redis.call('ZCARD', KEYS[1]), redis.call('GET', KEYS[2]), redis.call('ZRANGE', KEYS[3], 0, 0)[1] or false
}
