# A redis-server program: for process mode, and for the tests that start servers of their own.
# shellcheck shell=bash

ensure_redis() {
  have redis-server || apt_install "a Redis server" redis-server
  have redis-server || die "redis-server is still not in PATH after its installation."
}

container_runtime_answers() {
  local client
  for client in ${ASPIRE_CONTAINER_RUNTIME:-docker podman}; do
    have "$client" && timeout 5 "$client" info >/dev/null 2>&1 && return
  done
  return 1
}
