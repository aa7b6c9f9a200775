# PostgreSQL's server programs: for process mode, and for the tests that start servers of their own.
# shellcheck shell=bash

# Whether postgres and initdb are where the AppHost looks for them.
has_postgres() {
  local folder
  for folder in "${Postgres__BinDirectory:-}" "$(dirname "$(command -v postgres || echo none)")" /usr/lib/postgresql/*/bin; do
    [ ! -x "$folder/postgres" ] || [ ! -x "$folder/initdb" ] || return 0
  done
  return 1
}

ensure_postgres() {
  has_postgres || install_postgres
  has_postgres || die "postgres and initdb are neither in PATH nor below /usr/lib/postgresql after their installation."
}

# Debian's package makes a server of its own, and starts it: postgresql-common comes first, and is told not to. What the system
# does with servers that are installed later stays as it was.
install_postgres() {
  local status=0 settings=/etc/postgresql-common/createcluster.conf
  have apt-get || die "a PostgreSQL server is missing, and this is no Debian system." \
    "Install it and start again: postgres and initdb, with their folder in PATH or in the variable Postgres__BinDirectory."
  [ -e "$settings" ] || apt_install "what PostgreSQL's packages share" postgresql-common
  # An earlier call that was cut off left it changed.
  [ ! -e "$settings.redisflow" ] || as_root mv "$settings.redisflow" "$settings"
  as_root sed -i.redisflow 's/^#\?create_main_cluster *=.*/create_main_cluster = false/' "$settings"
  # In a subshell: where it fails it ends, and the settings come back all the same.
  (apt_install "a PostgreSQL server" postgresql) || status=$?
  as_root mv "$settings.redisflow" "$settings"
  [ "$status" = 0 ] || exit "$status"
}
