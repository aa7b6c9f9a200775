# The Aspire runtime: DCP, which starts and watches the processes, and the dashboard. The official NuGet packages bring both; where the
# feed lacks those, they come from the official Aspire CLI on npm and are unpacked to artifacts/aspire/runtime.
# shellcheck shell=bash

ensure_aspire() {
  uses_standins || return 0
  local version home=$root/artifacts/aspire
  version=$(sed -n 's:.*<AspireVersion>\(.*\)</AspireVersion>.*:\1:p' "$root/Directory.Packages.props")
  if [ -x "$home/runtime/dcp/dcp" ] && [ -x "$home/runtime/managed/aspire-managed" ] && [ "$(cat "$home/version" 2>/dev/null)" = "$version" ]; then return; fi

  [ "$(uname -sm)" = "Linux x86_64" ] || die "the Aspire runtime can be fetched from npm for Linux x64 only; this is $(uname -sm)." "Use a feed with the official Aspire packages."
  have npm || apt_install "npm (it brings the Aspire runtime)" npm

  say "fetching the Aspire runtime $version (DCP and the dashboard)"
  rm -rf "$home"
  mkdir -p "$home/home"
  local package=@microsoft/aspire-cli-linux-x64 log=$root/artifacts/aspire.log
  (cd "$home" && npm install --no-audit --no-fund --loglevel=error --prefix . "$package@$version") >"$log" 2>&1 \
    || die "npm could not install $package@$version; see artifacts/aspire.log" "$(tail -n 3 "$log")"

  # It unpacks beside its own program, and once more under HOME: the latter goes to a folder that is removed.
  HOME=$home/home ASPIRE_CLI_TELEMETRY_OPTOUT=1 "$home/node_modules/$package/bin/aspire" setup --nologo --non-interactive >>"$log" 2>&1 \
    || die "the Aspire CLI could not unpack its runtime; see artifacts/aspire.log" "$(tail -n 3 "$log")"
  rm -rf "$home/home"
  local unpacked
  unpacked=$(cd "$home" && ls -d "node_modules/$package/versions/$version"* 2>/dev/null | head -n 1)
  [ -n "$unpacked" ] || die "the Aspire CLI unpacked nothing; see artifacts/aspire.log"
  ln -sfn "$unpacked" "$home/runtime"
  printf '%s\n' "$version" >"$home/version"
}
