-- Counts a batch of events.
--
-- KEYS: 1 the batch's memory, 2… the counters (hashes); a counter may be there more than once.
-- ARGV: 1 the batch's digest, empty if it has no id and is not to be remembered, 2 how many events it has, 3 how long
--   it is remembered, in ms; then for each counter: its field, by how much, and how long it lives from now, in ms (0:
--   for ever).
-- Returns: 1 and the number of events if they were counted; 0 and that number if they were counted before; -1 and 0 if
--   the id belongs to a batch with other events.
-- Retry: finds the batch's memory, which is written with the counters, and counts nothing. A batch without an id is
--   counted again.
-- Race: the same batch at two instances at once, as a client's retry does it; one counts, the other finds the memory.
if ARGV[1] ~= '' then
  local known = redis.call('GET', KEYS[1])
  if known then
    local digest, count = string.match(known, '^(%S+) (%d+)$')
    if digest == ARGV[1] then return {0, tonumber(count)} end
    return {-1, 0}
  end
  redis.call('SET', KEYS[1], ARGV[1] .. ' ' .. ARGV[2], 'PX', ARGV[3])
end
for i = 2, #KEYS do
  local at = 3 * i - 2
  redis.call('HINCRBY', KEYS[i], ARGV[at], ARGV[at + 1])
  if ARGV[at + 2] ~= '0' then redis.call('PEXPIRE', KEYS[i], ARGV[at + 2]) end
end
return {1, tonumber(ARGV[2])}
