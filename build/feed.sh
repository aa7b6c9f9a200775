# Which packages this machine's feed has. The solution is written against the official packages; where the feed lacks some of them,
# feed.props switches the build to the projects in standins/ (see standins/README.md). The answer is kept until Directory.Packages.props
# changes; delete feed.props to ask again.
# shellcheck shell=bash

ensure_feed() {
  local versions
  versions=$(cksum <"$root/Directory.Packages.props" | cut -d' ' -f1)
  if [ -f "$root/feed.props" ] && grep -q "packages $versions" "$root/feed.props"; then return; fi

  say "finding out which packages the feed has"
  mkdir -p "$root/artifacts"
  local log=$root/artifacts/feed-probe.log standins
  rm -f "$root/feed.props"
  if dotnet restore "$root/build/FeedProbe/FeedProbe.csproj" --force -p:UseStandIns=false >"$log" 2>&1; then
    standins=false
    say "the feed is complete: using the official packages"
  elif grep -qE 'NU1101|NU1102|NU1103' "$log"; then
    standins=true
    say "the feed lacks some packages ($(grep -oE 'NU110[123]: Unable to find[^.]* (package|version)? ?[A-Za-z.]+' "$log" | grep -oE '[A-Za-z]+(\.[A-Za-z]+)+' | sort -u | paste -sd' ')): using standins/ for them"
  else
    die "the package feed does not answer; see artifacts/feed-probe.log" "$(grep -m1 error "$log" | cut -c1-300)"
  fi

  cat >"$root/feed.props" <<EOF
<!-- Written by build/feed.sh for packages $versions; not in version control. Delete it to ask the feed again. -->
<Project>
  <PropertyGroup>
    <UseStandIns>$standins</UseStandIns>
  </PropertyGroup>
</Project>
EOF
}

uses_standins() { grep -q '<UseStandIns>true' "$root/feed.props" 2>/dev/null; }
