# A browser for the tests of the dashboard: the one that REDISFLOW_CHROMIUM names, one that is installed, or Debian's Chromium.
# shellcheck shell=bash

# Sets chromium to the program, or leaves it empty and says in chromium_missing why. CI=true makes a missing one an error.
ensure_chromium() {
  chromium='' chromium_missing=''
  if find_chromium || { [ -z "$chromium_missing" ] && fetch_chromium && find_chromium; }; then return; fi

  chromium=''
  chromium_missing=${chromium_missing:-"its package is installed, but brought no program that starts"}
  [ "${CI:-}" != true ] || die "Chromium is missing, and CI=true demands the browser tests: $chromium_missing"
  say "Chromium is missing: $chromium_missing"
}

# The names are those of verification/RedisFlow.Browser/Hosting/Chromium.cs. A program that was asked for by name is not replaced by another one.
find_chromium() {
  local name
  if [ -n "${REDISFLOW_CHROMIUM:-}" ]; then
    chromium=$REDISFLOW_CHROMIUM
    chromium_starts && return
    chromium_missing="REDISFLOW_CHROMIUM is '$REDISFLOW_CHROMIUM', which does not start as a browser (example: /usr/bin/chromium)"
    return 1
  fi

  for name in chromium chromium-browser google-chrome-stable google-chrome; do
    chromium=$(command -v "$name") && chromium_starts && return
  done
  return 1
}

chromium_starts() { timeout 30 "$chromium" --version >/dev/null 2>&1; }

# Returns 1 with the reason in chromium_missing. Nobody is asked for a password for it.
fetch_chromium() {
  if ! have apt-get; then
    chromium_missing="this is no Debian system; install Chromium or Chrome, or set REDISFLOW_CHROMIUM to the path of one"
  elif [ "$(id -u)" != 0 ] && ! sudo -n true 2>/dev/null; then
    chromium_missing="its installation needs root (apt-get install chromium)"
  elif ! apt_try "Chromium, for the tests of the dashboard" chromium; then
    chromium_missing="it could not be installed; see artifacts/apt.log ($(grep -m1 '^E:' "$root/artifacts/apt.log" | cut -c1-150))"
  else
    return 0
  fi
  return 1
}
