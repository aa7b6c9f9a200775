# A redis-server program: for process mode, and for the tests that start servers of their own.
# shellcheck shell=bash

ensure_redis() {
  have redis-server || apt_install "a Redis server" redis-server
  have redis-server || die "redis-server is still not in PATH after its installation."
}
