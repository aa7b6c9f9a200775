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
  local home=$1 log=$root/artifacts/redis-8.log keyring=/usr/share/keyrings/debian-archive-keyring.gpg codename mirror
  redis_latest_missing=
  codename=$(. /etc/os-release 2>/dev/null && [ "${ID:-}" = debian ] && printf %s "${VERSION_CODENAME:-}")
  if [ -z "$codename" ] || ! have apt-get || ! have dpkg-deb || [ ! -r "$keyring" ]; then
    redis_latest_missing="it comes from Debian's packages, and this is no Debian system"
    return 1
  fi

  # The mirror that this system uses for its own release serves the other suites too.
  mirror=$(apt-get update --print-uris 2>/dev/null | sed -n "s:^'\(.*\)/dists/$codename/InRelease'.*:\1:p" | head -n 1)
  if [ -z "$mirror" ]; then
    redis_latest_missing="apt's sources name no mirror for $codename"
    return 1
  fi

  say "fetching Redis 8.6 for the tests (Debian experimental; nothing is installed)"
  rm -rf "$home"
  mkdir -p "$home"/apt/{sources,lists/partial,cache/archives/partial} "$home/unpacked"
  : >"$home/apt/status"
  cat >"$home/apt/sources/debian.sources" <<END
Types: deb
URIs: $mirror
Suites: sid experimental
Components: main
Signed-By: $keyring
END

  # Experimental is never chosen by itself. With the priority of any other suite, the newer version wins, wherever it is.
  cat >"$home/apt/preferences" <<END
Package: redis-server redis-tools
Pin: release a=experimental
Pin-Priority: 500
END

  # An apt that knows neither this system's packages nor its sources: with no status, every dependency counts as missing and is fetched,
  # down to the C library. Proxies and the like stay as they are set. The sandbox user may be unable to reach this folder.
  cat >"$home/apt/apt.conf" <<END
Dir::State "$home/apt";
Dir::State::status "$home/apt/status";
Dir::Cache "$home/apt/cache";
Dir::Etc::sourcelist "/dev/null";
Dir::Etc::sourceparts "$home/apt/sources";
Dir::Etc::preferences "$home/apt/preferences";
Dir::Etc::preferencesparts "/dev/null";
APT::Sandbox::User "root";
Acquire::http::Timeout "20";
Acquire::Retries "4";
Acquire::Languages "none";
Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
END

  if ! { apt-get -c "$home/apt/apt.conf" -qy --error-on=any update \
      && apt-get -c "$home/apt/apt.conf" -qy --no-install-recommends --download-only install redis-server dash; } >"$log" 2>&1; then
    redis_latest_missing="its packages could not be fetched; see artifacts/redis-8.log ($(grep -m1 '^E:' "$log" | cut -c1-150))"
    return 1
  fi

  unpack_redis_latest "$home" "$log"
}

unpack_redis_latest() {
  local home=$1 log=$2 package loader libraries
  for package in "$home"/apt/cache/archives/*.deb; do
    dpkg-deb -x "$package" "$home/unpacked" >>"$log" 2>&1 || { redis_latest_missing="$(basename "$package") could not be unpacked"; return 1; }
  done
  rm -rf "$home/apt"

  loader=$(find "$home/unpacked" -name 'ld-linux*.so.*' | head -n 1)
  libraries=$(find "$home/unpacked" -path '*/usr/lib/*' -name 'libc.so.*' -printf '%h\n' | head -n 1)
  # A library that the loader finds outside of the folder belongs to this system's release, and may not fit.
  if [ -z "$loader" ] || [ -z "$libraries" ] \
      || "$loader" --library-path "$libraries" --list "$home/unpacked/usr/bin/redis-server" 2>&1 | tee -a "$log" | grep '=>' | grep -qv "=> $home/unpacked/"; then
    redis_latest_missing="libraries are missing among its packages; see artifacts/redis-8.log"
    return 1
  fi

  # exec keeps the process id, so that signals reach the server. The folder may be moved: paths are taken from the script's own place.
  cat >"$home/redis-server" <<END
#!/bin/sh
here=\$(dirname "\$0")/unpacked
exec "\$here${loader#"$home/unpacked"}" --library-path "\$here${libraries#"$home/unpacked"}" "\$here/usr/bin/redis-server" "\$@"
END
  chmod +x "$home/redis-server"
}
