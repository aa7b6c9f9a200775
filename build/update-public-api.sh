#!/usr/bin/env bash
# Rewrites PublicAPI.Unshipped.txt of every library in src/ from what the compiler finds public. Run it after a
# change of the API, and after a merge. Then read the difference: it is what users of the packages will see.
#
# PublicAPI.Shipped.txt has the API of the last release and is not touched. A line "*REMOVED*…" is kept as long as
# the line that it names is there.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
. "$root/build/lib.sh"
ensure_dotnet
export LC_ALL=C
cd "$root"

backup=$(mktemp -d)
trap 'rm -rf "$backup"' EXIT

libraries=()
for shipped in src/*/PublicAPI.Shipped.txt; do libraries+=("$(basename "$(dirname "$shipped")")"); done

restore() {
  for library in "${libraries[@]}"; do cp "$backup/$library" "src/$library/PublicAPI.Unshipped.txt"; done
}

# With an empty file every public symbol is a finding (RS0016), and the compiler's log names the line that is missing.
for library in "${libraries[@]}"; do
  unshipped=src/$library/PublicAPI.Unshipped.txt
  [ -f "$unshipped" ] || echo '#nullable enable' >"$unshipped"
  cp "$unshipped" "$backup/$library"
  rm -f "src/$library/obj/public-api.sarif"
  echo '#nullable enable' >"$unshipped"
done

for library in "${libraries[@]}"; do
  if ! dotnet build "src/$library" -p:PublicApiReport=true -nodeReuse:false --nologo -v quiet >"$backup/log" \
    || ! [ -s "src/$library/obj/public-api.sarif" ]; then
    restore
    grep -F ': error ' "$backup/log" >&2 || cat "$backup/log" >&2
    echo "src/$library does not build; nothing was changed." >&2
    exit 1
  fi
done

for library in "${libraries[@]}"; do
  folder=src/$library
  shipped=$folder/PublicAPI.Shipped.txt
  {
    echo '#nullable enable'
    {
      # A removal stays declared until the release drops the line.
      { grep '^\*REMOVED\*' "$backup/$library" || true; } | while IFS= read -r line; do
        if grep -qxF -- "${line#\*REMOVED\*}" "$shipped"; then printf '%s\n' "$line"; fi
      done
      sed -n 's/^ *"APIName": "\(.*\)",\{0,1\}$/\1/p' "$folder/obj/public-api.sarif" | sed 's/\\\(["\\]\)/\1/g'
    } | sort -u
  } >"$backup/new"
  mv "$backup/new" "$folder/PublicAPI.Unshipped.txt"
  printf '%s: %d lines\n' "$library" "$(($(wc -l <"$folder/PublicAPI.Unshipped.txt") - 1))"
done
