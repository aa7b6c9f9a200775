-- owned(key, group, consumer, id): what XPENDING says of an entry that is pending for this consumer: {id, consumer,
-- milliseconds since its delivery or renewal, deliveries}; nil if it is not pending, or pending for another consumer.
local function owned(key, group, consumer, id)
  return redis.call('XPENDING', key, group, id, id, 1, consumer)[1]
end
