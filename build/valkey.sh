# Valkey for the tests: the one of Debian sid with the libraries of its release, unpacked to artifacts/valkey/unpacked and
# started through their loader. Nothing is installed.
# shellcheck shell=bash

# Sets valkey to the program, or leaves it empty and says in valkey_missing why. CI=true makes a missing one an error.
ensure_valkey() {
  local home=$root/artifacts/valkey
  valkey=$home/valkey-server valkey_missing=
  valkey_starts && return

  say "fetching Valkey for the tests (Debian sid; nothing is installed)"
  if ! program_from_debian "$home" "$root/artifacts/valkey.log" sid usr/bin/valkey-server -- valkey-server; then
    valkey_missing=$debian_missing
  elif ! valkey_starts; then
    valkey_missing="what was unpacked does not start; see artifacts/valkey.log"
  else
    return
  fi

  valkey=
  [ "${CI:-}" != true ] || die "Valkey is missing, and CI=true demands it: $valkey_missing"
  say "Valkey is missing: $valkey_missing"
}

# Whether $valkey starts.
valkey_starts() { "$valkey" --version 2>/dev/null | grep -q '^Valkey '; }
