# Sourced by lib.sh: the layout of the C# code. "dotnet csharpier format ." repairs most of it.

# Checks what CSharpier would change, and that no line has more than 120 columns: CSharpier wraps neither comments nor
# texts. Returns 1 where there are findings.
check_layout() {
  local findings=$root/artifacts/layout-findings.log
  dotnet tool restore --verbosity quiet >/dev/null || die "the .NET tools of .config/dotnet-tools.json cannot be restored"
  {
    (cd "$root" && dotnet csharpier check .)
    [ $? = 0 ] || echo "Repair it with: dotnet csharpier format ."
    (cd "$root" && git ls-files -z '*.cs' | LC_ALL=C.UTF-8 xargs -0 grep -nE '^.{121,}$' | cut -c1-160 \
      | sed 's/^/more than 120 columns: /')
  } >"$findings" 2>&1
  ! grep -vE '^Checked [0-9]+ files' "$findings"
}

# Checks what "dotnet format" would change: layout, and the styles and names of .editorconfig that a build does not check.
check_styles() {
  local findings=$root/artifacts/style-findings.log
  (cd "$root" && dotnet format RedisFlow.sln --no-restore --verify-no-changes) >"$findings" 2>&1 || { cat "$findings"; return 1; }
}
