-- Raises versions in the source of truth. One that is there already, or a newer one, stays.
--
-- KEYS: the keys of the source.
-- ARGV: the version of each.
-- Returns: how many were raised.
-- Retry: raises nothing.
-- Race: a transaction whose outcome the writer did not learn may come late, behind a newer one.
local raised = 0
for i, key in ipairs(KEYS) do
  if tonumber(redis.call('GET', key) or '0') < tonumber(ARGV[i]) then
    redis.call('SET', key, ARGV[i])
    raised = raised + 1
  end
end
return raised
