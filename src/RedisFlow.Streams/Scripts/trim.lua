-- Removes what every group has settled and what is old enough.
--
-- KEYS: 1 stream, 2 hash of declared groups.
-- ARGV: 1 retention in milliseconds, 2 how many entries to remove at most, about, 3 whether the server can trim by
-- acknowledgement (1 or 0), 4 how many pending entries the groups may have for that.
-- Returns: {removed, 1 if there is more to remove, reason, group, position}; the reason is what stops the removal at
-- the position: pending, delivered (the group was not given more), missing (it is declared and does not exist),
-- nogroups, retention, or empty.
-- Retry: a second run removes what has become removable since.
-- Race: groups read, settle and are created while several instances trim: watermark and removal are one moment, by one
-- clock, the server's.
-- Cost: MINID ~ removes whole nodes, which is why it can be limited; the exact MINID after it has less than a node
-- left, unless the server is set to nodes larger than the limit. XTRIM never changes the last id or the count of
-- entries added, and leaves no tombstones, so that lag stays known. ACKED is the same for the entries between pending
-- ones; there the limit counts removed entries only, which is why the number of kept ones, the pending ones, is limited
-- too. Entries that some group was not given yet are beyond both.
-- @include map
-- @include before
-- @include after
-- @include now
if redis.call('EXISTS', KEYS[1]) == 0 then return {0, 0, '', '', '0-0'} end
local limit = tonumber(ARGV[2])
local last = map(redis.call('XINFO', 'STREAM', KEYS[1]))['last-generated-id']
local watermark, reason, holder, position, delivered
local pendings = 0
local seen = {}
for _, raw in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
  local group = map(raw)
  local name, given = group['name'], group['last-delivered-id']
  seen[name] = true
  pendings = pendings + group['pending']
  local low, why, at = after(given), 'delivered', given
  local pending = redis.call('XPENDING', KEYS[1], name, '-', '+', 1)[1]
  -- After XGROUP SETID a pending entry can be beyond what the group was given last.
  if pending and before(pending[1], low) then low, why, at = pending[1], 'pending', pending[1] end
  if not watermark or before(low, watermark) then watermark, reason, holder, position = low, why, name, at end
  if not delivered or before(given, delivered) then delivered = given end
end
for _, name in ipairs(redis.call('HKEYS', KEYS[2])) do
  if not seen[name] then return {0, 0, 'missing', name, '0-0'} end
end
if not watermark then return {0, 0, 'nogroups', '', '0-0'} end
if reason == 'delivered' and not before(position, last) then reason, holder = '', '' end
if ARGV[1] ~= '0' then
  local cutoff = string.format('%.0f-0', math.max(0, now() - tonumber(ARGV[1])))
  if before(cutoff, watermark) then watermark, reason, holder, position = cutoff, 'retention', '', cutoff end
  if before(cutoff, delivered) then delivered = cutoff end
end
local removed = redis.call('XTRIM', KEYS[1], 'MINID', '~', watermark, 'LIMIT', limit)
local more = removed * 2 >= limit
if not more then
  removed = removed + redis.call('XTRIM', KEYS[1], 'MINID', '=', watermark)
  if ARGV[3] == '1' and reason == 'pending' and pendings <= tonumber(ARGV[4]) and before(watermark, delivered) then
    local behind = redis.call('XTRIM', KEYS[1], 'MINID', '~', delivered, 'LIMIT', limit, 'ACKED')
    removed = removed + behind
    more = behind * 2 >= limit
  end
end
return {removed, more and 1 or 0, reason, holder, position}
