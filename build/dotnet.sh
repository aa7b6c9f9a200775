# The .NET SDK that global.json asks for.
# shellcheck shell=bash

ensure_dotnet() {
  have dotnet || die "the .NET SDK is missing." "Install version 10: https://dot.net/download"
  (cd "$root" && dotnet --version) >/dev/null 2>&1 \
    || die "no installed .NET SDK fits global.json." "Installed: $(dotnet --list-sdks | cut -d' ' -f1 | paste -sd' ')" "Install version 10: https://dot.net/download"
}
