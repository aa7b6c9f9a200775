-- Removes a consumer that holds nothing.
--
-- KEYS: 1 stream.
-- ARGV: 1 group, 2 consumer, 3 what the keys of consumers begin with.
-- Returns: -1 if the consumer was removed, else how many entries it has pending; -2 if there is no such consumer; nil
-- if there is no such group.
-- Retry: the second run finds no such consumer.
-- Race: XGROUP DELCONSUMER destroys the consumer's pending list: an entry that it was given since an operator looked
-- would be lost, so that looking and removing are one moment. A consumer that is removed while it waits for entries is
-- created again when it gets some.
-- @include map
-- @include find
-- @include record
if not find(KEYS[1], ARGV[1]) then return false end
for _, raw in ipairs(redis.call('XINFO', 'CONSUMERS', KEYS[1], ARGV[1])) do
  local consumer = map(raw)
  if consumer['name'] == ARGV[2] then
    if consumer['pending'] > 0 then return consumer['pending'] end
    redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], ARGV[2])
    redis.call('DEL', record(ARGV[3], ARGV[1], ARGV[2]))
    return -1
  end
end
return -2
