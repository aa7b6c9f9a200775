# Container engines: the one that answers, and one that the tests start where none does. That one is dockerd from Debian's packages, unpacked
# to artifacts/engine, not installed. It listens on a socket of its own, keeps everything in a folder that is removed with it, has a bridge
# of its own, and leaves the firewall alone; other programs do not notice it.
# shellcheck shell=bash

# The first version of Docker's client that Aspire accepts.
docker_client_min=25

# Sets container_client to the client of an engine that answers, docker or podman in the order in which the AppHost looks for them. Returns 1
# with the reason in container_missing.
container_runtime() {
  local client version
  container_client= container_missing="no container engine answers"
  for client in ${ASPIRE_CONTAINER_RUNTIME:-docker podman}; do
    have "$client" && version=$(timeout 10 "$client" version --format '{{.Client.Version}}' 2>/dev/null) || continue
    if [ "$client" = docker ] && [ "${version%%.*}" -lt "$docker_client_min" ] 2>/dev/null; then
      container_missing="Docker's client is version $version, and Aspire needs $docker_client_min or later"
      continue
    fi
    container_client=$client container_missing=
    return
  done
  return 1
}

# The name of an image, as the AppHost states it. Argument: the file that states it, in src/RedisFlow.Aspire.Hosting.
image_of() {
  local source=$root/src/RedisFlow.Aspire.Hosting/$1 registry image tag
  registry=$(sed -n 's/.*const string Registry = "\(.*\)";.*/\1/p' "$source")
  image=$(sed -n 's/.*const string Image = "\(.*\)";.*/\1/p' "$source")
  tag=$(sed -n 's/.*const string Tag = "\(.*\)";.*/\1/p' "$source")
  [ -n "$registry" ] && [ -n "$image" ] && [ -n "$tag" ] || die "the name of the image is not found in $source"
  printf '%s/%s:%s\n' "$registry" "$image" "$tag"
}

# Whether an engine has an image. Arguments: its client, the image.
has_image() { "$1" image inspect "$2" >/dev/null 2>&1; }

# Downloads an image as the engine would when a container asks for it. Returns 1 where no registry is reachable.
pull_image() {
  say "downloading the image $2"
  mkdir -p "$root/artifacts"
  timeout 300 "$1" pull --quiet "$2" >"$root/artifacts/image.log" 2>&1
}

# Starts an engine, and sets DOCKER_HOST, ASPIRE_CONTAINER_RUNTIME and PATH to it. Returns 1 with the reason in container_missing. Whoever
# calls it calls stop_engine at the end, whatever it returned.
start_engine() {
  local home=$root/artifacts/engine log=$root/artifacts/engine.log libraries network root_prefix=()
  container_client= engine_folder= engine_bridge=
  [ "$(uname -s)" = Linux ] || { container_missing="no engine answers, and one can be started on Linux only"; return 1; }
  [ "$(id -u)" = 0 ] || { have sudo && sudo -n true 2>/dev/null; } || { container_missing="no engine answers, and starting one needs root"; return 1; }
  fetch_engine "$home" || return 1

  PATH=$home:$home/unpacked/usr/sbin:$home/unpacked/usr/bin:$PATH:/usr/sbin:/sbin
  libraries=$home/unpacked/usr/lib/$(uname -m)-linux-gnu:$home/unpacked/lib/$(uname -m)-linux-gnu
  # A short path: a socket's has at most 107 characters.
  engine_folder=$(mktemp -d /tmp/redisflow-engine.XXXXXX)
  chmod 755 "$engine_folder"
  engine_bridge=rflow$$ network=172.$((16 + $$ % 16)).$(($$ / 16 % 256)).1/24
  say "starting a container engine for the tests"
  if ! as_root env PATH="$PATH" LD_LIBRARY_PATH="$libraries" sh -c \
      "ip link add name $engine_bridge type bridge && ip address add $network dev $engine_bridge && ip link set $engine_bridge up" >"$log" 2>&1; then
    container_missing="a network for containers could not be made ($(tail -n 1 "$log"))"
    return 1
  fi

  # In a mount namespace of its own, the engine's mounts go away with it. When this script dies, so does the engine (hence no function in
  # between, whose shell would live on). Copying every layer
  # (vfs) works on every file system, and the one image is small. With iptables off, ports are published by docker-proxy, as the AppHost
  # asks: on the loopback interface.
  [ "$(id -u)" = 0 ] || root_prefix=(sudo -n)
  "${root_prefix[@]}" env PATH="$PATH" LD_LIBRARY_PATH="$libraries" setpriv --pdeathsig TERM unshare --mount --propagation private dockerd \
    --host "unix://$engine_folder/docker.sock" --group "$(id -g)" --pidfile "$engine_folder/docker.pid" \
    --exec-root "$engine_folder/exec" --data-root "$engine_folder/data" --storage-driver vfs \
    --bridge "$engine_bridge" --iptables=false --ip6tables=false --ip-forward=false --ip-masq=false >>"$log" 2>&1 </dev/null &
  engine_process=$!

  export DOCKER_HOST=unix://$engine_folder/docker.sock ASPIRE_CONTAINER_RUNTIME=docker
  for _ in $(seq 120); do
    container_runtime && return
    kill -0 "$engine_process" 2>/dev/null || break
    sleep 0.5
  done
  container_missing="the engine does not start; see artifacts/engine.log ($(grep -v 'level=info' "$log" | tail -n 1 | cut -c1-200))"
  return 1
}

# Ends what start_engine started, and removes what it has left.
stop_engine() {
  local process
  [ -n "${engine_folder:-}" ] || return 0
  process=$(cat "$engine_folder/docker.pid" 2>/dev/null)
  if [ -n "$process" ]; then
    as_root kill -TERM "$process" 2>/dev/null
    for _ in $(seq 60); do [ -e "/proc/$process" ] || break; sleep 0.5; done
    [ ! -e "/proc/$process" ] || as_root kill -KILL "$process" 2>/dev/null
  fi
  [ -z "${engine_process:-}" ] || wait "$engine_process" 2>/dev/null
  as_root env PATH="$PATH" ip link delete "$engine_bridge" >/dev/null 2>&1
  as_root rm -rf "$engine_folder"
  unset DOCKER_HOST ASPIRE_CONTAINER_RUNTIME
  engine_folder=
}

# The programs: this system's where it has them, else from Debian. Returns 1 with the reason in container_missing.
fetch_engine() {
  local home=$1 log=$root/artifacts/engine-packages.log version wanted=() package
  local path=$home:$home/unpacked/usr/sbin:$home/unpacked/usr/bin:$PATH:/usr/sbin:/sbin
  PATH=$path have dockerd || wanted+=(docker.io)
  PATH=$path have ip || wanted+=(iproute2)
  if [ ${#wanted[@]} -gt 0 ]; then
    have apt-get && have dpkg-deb || { container_missing="no engine answers, and dockerd is not installed"; return 1; }
    say "fetching a container engine for the tests (${wanted[*]}; nothing is installed)"
    rm -rf "$home"
    mkdir -p "$home"/apt/{lists/partial,archives/partial} "$home/unpacked"
    # This system's own release, hence only what the system lacks.
    local options=(-qy -o "Dir::State::lists=$home/apt/lists" -o "Dir::Cache=$home/apt" -o Debug::NoLocking=1 -o APT::Sandbox::User=root -o Acquire::Languages=none)
    if ! { apt-get "${options[@]}" update && apt-get "${options[@]}" --no-install-recommends --download-only install "${wanted[@]}"; } >"$log" 2>&1; then
      container_missing="no engine answers, and ${wanted[*]} could not be fetched; see artifacts/engine-packages.log ($(grep -m1 '^E:' "$log" | cut -c1-150))"
      return 1
    fi
    for package in "$home"/apt/archives/*.deb; do
      dpkg-deb -x "$package" "$home/unpacked" >>"$log" 2>&1 || { container_missing="$(basename "$package") could not be unpacked"; return 1; }
    done
    rm -rf "$home/apt"
  fi

  version=$(PATH=$path docker --version 2>/dev/null | sed -n 's/^Docker version \([0-9]*\).*/\1/p')
  if [ "${version:-0}" -lt "$docker_client_min" ]; then
    # That of Debian 12 is too old for Aspire; its engine is not.
    rm -f "$home/docker"
    program_from_debian "$home/client" "$log" trixie usr/bin/docker -- docker-cli \
      || { container_missing="Docker's client is missing: $debian_missing"; return 1; }
    printf '#!/bin/sh\nexec "$(dirname "$0")/client/docker" "$@"\n' >"$home/docker"
    chmod +x "$home/docker"
  fi
}
