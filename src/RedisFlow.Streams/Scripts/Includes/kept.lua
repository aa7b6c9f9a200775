-- KEPT: for how many milliseconds after a consumer's last sign of life it is known: 30 days.
local KEPT = 2592000000
