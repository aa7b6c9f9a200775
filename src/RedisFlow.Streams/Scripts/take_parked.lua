-- Takes parked messages back, to handle them.
--
-- KEYS: 1 parked messages, 2 the lease of the worker that takes them back.
-- ARGV: 1 the worker's token, 2 group, 3 consumer, 4… ids.
-- Returns: for each message that is there: {id, delivery count, fields}; nil if the lease is not the worker's, and
-- nothing was taken.
-- Retry: takes them again; a lost reply may cost a message one attempt, never the message.
-- Race: a worker that was silent for longer than its lease takes more while another one does so already: the lease has
-- the other's token. What it took before becomes the other's, since XCLAIM asks no consumer; its renewal then finds
-- that out.
if redis.call('GET', KEYS[2]) ~= ARGV[1] then return false end
local taken = {}
for i = 4, #ARGV do
  local id = ARGV[i]
  local entry = redis.call('XRANGE', KEYS[1], id, id)[1]
  if entry then
    local pending = redis.call('XPENDING', KEYS[1], ARGV[2], id, id, 1)[1]
    local count = (pending and pending[4] or 0) + 1
    redis.call('XCLAIM', KEYS[1], ARGV[2], ARGV[3], 0, id, 'RETRYCOUNT', count, 'FORCE', 'JUSTID')
    taken[#taken + 1] = {id, count, entry[2]}
  end
end
return taken
