# Programs from releases of Debian other than this system's: unpacked to a folder together with the libraries of their release, and started
# through their own loader. Nothing is installed.
# shellcheck shell=bash

# Arguments: the folder, the log, the suites, packages that may come from experimental, "--", the packages. Unpacks them, with all that they
# depend on, to the folder "unpacked" in there. Returns 1 with the reason in debian_missing.
unpack_from_debian() {
  local home=$1 log=$2 suites=$3 keyring=/usr/share/keyrings/debian-archive-keyring.gpg codename mirror preferred="" package
  shift 3
  while [ "$1" != -- ]; do preferred="$preferred $1"; shift; done
  shift
  debian_missing=
  codename=$(. /etc/os-release 2>/dev/null && [ "${ID:-}" = debian ] && printf %s "${VERSION_CODENAME:-}")
  if [ -z "$codename" ] || ! have apt-get || ! have dpkg-deb || [ ! -r "$keyring" ]; then
    debian_missing="it comes from Debian's packages, and this is no Debian system"
    return 1
  fi

  # The mirror that this system uses for its own release serves the other suites too.
  mirror=$(apt-get update --print-uris 2>/dev/null | sed -n "s:^'\(.*\)/dists/$codename/InRelease'.*:\1:p" | head -n 1)
  if [ -z "$mirror" ]; then
    debian_missing="apt's sources name no mirror for $codename"
    return 1
  fi

  mkdir -p "$home"/apt/{sources,lists/partial,cache/archives/partial} "$home/unpacked"
  : >"$home/apt/status"
  cat >"$home/apt/sources/debian.sources" <<END
Types: deb
URIs: $mirror
Suites: $suites
Components: main
Signed-By: $keyring
END

  : >"$home/apt/preferences"
  [ -z "$preferred" ] || cat >"$home/apt/preferences" <<END
Package:$preferred
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
      && apt-get -c "$home/apt/apt.conf" -qy --no-install-recommends --download-only install "$@"; } >"$log" 2>&1; then
    debian_missing="its packages could not be fetched; see artifacts/$(basename "$log") ($(grep -m1 '^E:' "$log" | cut -c1-150))"
    return 1
  fi

  for package in "$home"/apt/cache/archives/*.deb; do
    dpkg-deb -x "$package" "$home/unpacked" >>"$log" 2>&1 || { debian_missing="$(basename "$package") could not be unpacked"; return 1; }
  done
  rm -rf "$home/apt"
}

# Prints a script that starts a program of an unpacked Debian. The script belongs beside the folder "unpacked"; both may be moved. Arguments:
# that folder, the program's path in there, a log. Returns 1 where a library is missing.
start_through_own_loader() {
  local unpacked=$1 program=$2 log=$3 loader libraries
  loader=$(find "$unpacked" -name 'ld-linux*.so.*' | head -n 1)
  libraries=$(find "$unpacked" -path '*/usr/lib/*' -name 'libc.so.*' -printf '%h\n' | head -n 1)
  # A library that the loader finds outside of the folder belongs to this system's release, and may not fit.
  if [ -z "$loader" ] || [ -z "$libraries" ] \
      || "$loader" --library-path "$libraries" --list "$unpacked/$program" 2>&1 | tee -a "$log" | grep '=>' | grep -qv "=> $unpacked/"; then
    return 1
  fi

  # exec keeps the process id, so that signals reach the program.
  cat <<END
#!/bin/sh
here=\$(dirname "\$0")/unpacked
exec "\$here${loader#"$unpacked"}" --library-path "\$here${libraries#"$unpacked"}" "\$here/$program" "\$@"
END
}

# Fetches one program; a script of its name in the folder starts it. Arguments: the folder, which is replaced; the log, the
# suites, the program's path in its package, packages that may come from experimental, "--", the packages. Returns 1 with the
# reason in debian_missing.
program_from_debian() {
  local home=$1 log=$2 suites=$3 program=$4 starter
  shift 4
  starter=$home/$(basename "$program")
  rm -rf "$home"
  unpack_from_debian "$home" "$log" "$suites" "$@" || return 1
  if ! start_through_own_loader "$home/unpacked" "$program" "$log" >"$starter"; then
    rm -f "$starter"
    debian_missing="libraries are missing among its packages; see artifacts/$(basename "$log")"
    return 1
  fi
  chmod +x "$starter"
}
