-- Takes, keeps or gives up the lease of the worker that takes parked messages back.
--
-- KEYS: 1 lease.
-- ARGV: 1 the worker's token, 2 for how long, in milliseconds; 0 gives it up.
-- Returns: 1 if the worker has the lease now, else 0: another one has it, or the server is full.
-- Retry: finds the worker's own token.
-- Race: two workers that know the type at once: one of them takes the messages back, so that those of a subject stay in
-- order. If it ends, the lease does.
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
if ARGV[2] == '0' then
  redis.call('DEL', KEYS[1])
  return 0
end
if holder then
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
else
  local set = redis.pcall('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
  if set['err'] then return string.find(set['err'], 'OOM', 1, true) and 0 or set end
end
return 1
