# luacheck, which checks the Lua scripts: the one in PATH, or the one of Debian's package lua-check, unpacked with its interpreter
# to artifacts/luacheck. Nothing is installed, and no root is needed.
# shellcheck shell=bash

# Sets luacheck to the program, or leaves it empty and says in luacheck_missing why. CI=true makes a missing one an error.
ensure_luacheck() {
  local home=$root/artifacts/luacheck
  luacheck_missing=
  luacheck=$(command -v luacheck) && luacheck_starts && return
  luacheck=$home/luacheck
  luacheck_starts && return

  say "fetching luacheck for the Lua scripts (Debian; nothing is installed)"
  if ! fetch_luacheck "$home"; then
    luacheck_missing=$debian_missing
  elif ! luacheck_starts; then
    luacheck_missing="what was unpacked does not start; see artifacts/luacheck.log"
  else
    return
  fi

  luacheck=
  [ "${CI:-}" != true ] || die "luacheck is missing, and CI=true demands it: $luacheck_missing"
  say "luacheck is missing: $luacheck_missing"
}

luacheck_starts() { "$luacheck" --version >/dev/null 2>&1; }

# Argument: the folder, which is replaced. Returns 1 with the reason in debian_missing.
fetch_luacheck() {
  local home=$1
  # The release does not matter: the interpreter comes with its own libraries.
  program_from_debian "$home" "$root/artifacts/luacheck.log" stable usr/bin/lua5.1 -- lua-check lua5.1 || return 1

  cat >"$home/luacheck" <<'END'
#!/bin/sh
home=$(dirname "$0")
libraries=$(dirname "$(find "$home/unpacked" -path '*/lua/5.1/lfs.so' | head -n 1)")
LUA_PATH="$home/unpacked/usr/share/lua/5.1/?.lua;$home/unpacked/usr/share/lua/5.1/?/init.lua" LUA_CPATH="$libraries/?.so" \
  exec "$home/lua5.1" "$home/unpacked/usr/bin/luacheck" "$@"
END
  chmod +x "$home/luacheck"
}

# Checks the scripts; .luacheckrc says which. Returns 1 where there are findings.
check_lua() { (cd "$root" && "$luacheck" --no-color --quiet src services verification) 2>&1 | tee "$root/artifacts/luacheck-findings.log"; [ "${PIPESTATUS[0]}" = 0 ]; }
