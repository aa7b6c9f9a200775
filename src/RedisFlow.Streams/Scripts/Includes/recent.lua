-- RECENT: for how many milliseconds it is true that another worker wants a consumer's name.
local RECENT = 10000
