-- native: whether the stream itself can remember ids (XADD IDMP, since Redis 8.6.2: ServerFeatures.IdempotentAddSince).
-- Scripts choose on the server, in the moment in which they run, between the two ways to remember ids: a client may not
-- yet know that another server has taken over.
local native = (redis.REDIS_VERSION_NUM or 0) >= 0x080602
