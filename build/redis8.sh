# A second redis-server for the tests: the newest that Debian has packaged, 8.6 or later, next to the distribution's own. It and the
# libraries of its own release are unpacked to artifacts/redis-8/unpacked and started through their own loader; nothing is installed.
# The image of redis-image.sh is made of the same files, hence the shell among them.
# shellcheck shell=bash

# Sets redis_latest to the program, or leaves it empty and says in redis_latest_missing why. CI=true makes a missing one an error.
ensure_redis_latest() {
  local home=$root/artifacts/redis-8
  redis_latest=$home/redis-server redis_latest_missing=
  redis_is_latest && return

  if ! fetch_redis_latest "$home" || ! redis_is_latest; then
    redis_latest_missing=${redis_latest_missing:-"what was unpacked does not start, or is older; see artifacts/redis-8.log"}
    redis_latest=
    [ "${CI:-}" != true ] || die "Redis 8.6 is missing, and CI=true demands both servers: $redis_latest_missing"
    say "Redis 8.6 is missing: $redis_latest_missing"
  fi
}

# Whether $redis_latest starts and is 8.6 or later.
redis_is_latest() {
  local version
  version=$("$redis_latest" --version 2>/dev/null | sed -n 's/.* v=\([0-9]*\.[0-9]*\).*/\1/p')
  [ -n "$version" ] && [ "$(printf '%s\n' 8.6 "$version" | sort -V | head -n 1)" = 8.6 ]
}

# Returns 1 with the reason in redis_latest_missing.
fetch_redis_latest() {
  say "fetching Redis 8.6 for the tests (Debian experimental; nothing is installed)"
  # Experimental is never chosen by itself. With the priority of any other suite, the newer version wins, wherever it is.
  program_from_debian "$1" "$root/artifacts/redis-8.log" "sid experimental" usr/bin/redis-server \
    redis-server redis-tools -- redis-server dash && return
  redis_latest_missing=$debian_missing
  return 1
}
