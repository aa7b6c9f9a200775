# Sourced by ./run and ./test: the set-up that both need. Each step is quick when there is nothing to do.
# shellcheck shell=bash

say() { printf '\033[36m==>\033[0m %s\n' "$*"; }

die() {
  printf '\033[31mstopped:\033[0m %s\n' "$1" >&2
  shift
  for line in "$@"; do printf '         %s\n' "$line" >&2; done
  exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif have sudo; then sudo "$@"
  else die "this needs root, and there is no sudo: $*"
  fi
}

# Installs Debian packages; the second argument and on are the packages, the first says what for.
apt_install() {
  local purpose=$1; shift
  have apt-get || die "$purpose is missing, and this is no Debian system." "Install it and start again: $*"
  apt_try "$purpose" "$@" || die "could not install $*; see artifacts/apt.log" "$(tail -n 3 "$root/artifacts/apt.log")"
}

# The same for what is not needed by all means: returns 1 where it fails.
apt_try() {
  local purpose=$1; shift
  mkdir -p "$root/artifacts"
  say "installing $purpose ($*)"
  # RUNLEVEL=1 keeps the package from starting a service of its own.
  as_root env DEBIAN_FRONTEND=noninteractive apt-get update -q >"$root/artifacts/apt.log" 2>&1 \
    && as_root env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -yq --no-install-recommends "$@" >>"$root/artifacts/apt.log" 2>&1
}

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

# shellcheck source=dotnet.sh
. "$root/build/dotnet.sh"
# shellcheck source=redis.sh
. "$root/build/redis.sh"
# shellcheck source=postgres.sh
. "$root/build/postgres.sh"
# shellcheck source=debian.sh
. "$root/build/debian.sh"
# shellcheck source=redis8.sh
. "$root/build/redis8.sh"
# shellcheck source=valkey.sh
. "$root/build/valkey.sh"
# shellcheck source=engine.sh
. "$root/build/engine.sh"
# shellcheck source=redis-image.sh
. "$root/build/redis-image.sh"
# shellcheck source=native.sh
. "$root/build/native.sh"
# shellcheck source=chromium.sh
. "$root/build/chromium.sh"
# shellcheck source=luacheck.sh
. "$root/build/luacheck.sh"
# shellcheck source=format.sh
. "$root/build/format.sh"
