#!/usr/bin/env bash
# A Redis image made of Debian packages, for engines that reach no registry: build/redis-image.sh gives it to the engine that answers,
# under the very name that the AppHost asks for, unless the engine has an image of that name. It holds redis-server, redis-cli, a shell and
# the libraries that they need, and is used like the official one. ./run and ./test source this file for the functions.
# shellcheck shell=bash

# The image's name, as the AppHost states it.
redis_image() { image_of Redis/RedisContainer.cs; }

# Sees to it that the engine has the image: from a registry, or else made here. The engine that the tests start asks no registry. Returns 1
# with the reason in container_missing.
ensure_redis_image() {
  redis_image_imported=
  has_image "$1" "$(redis_image)" && return 0
  [ -n "${engine_folder:-}" ] || ! pull_image "$1" "$(redis_image)" || return 0
  import_redis_image "$1" && redis_image_imported=1
}

# Whether the engine runs a container of the image with a published port: some machines let an engine start, but no container. Returns 1 with the
# reason in container_missing.
runs_redis_image() {
  local output
  output=$(timeout 60 "$1" run --rm --publish 127.0.0.1::6379 --entrypoint /bin/sh "$(redis_image)" -c "redis-server --version" 2>&1) && return
  container_missing="the engine runs no container ($(printf '%s' "$output" | tail -n 1 | cut -c1-200))"
  return 1
}

# Takes away an image that ensure_redis_image has made: on somebody's engine it must not pass for the official one.
forget_redis_image() {
  [ -z "${redis_image_imported:-}" ] || "$1" rmi "$(redis_image)" >/dev/null 2>&1
  redis_image_imported=
}

# Makes the image and gives it to the engine. Returns 1 with the reason in container_missing.
import_redis_image() {
  local client=$1 image folder log=$root/artifacts/redis-image.log home=$root/artifacts/redis-8
  local redis_latest=$home/redis-server redis_latest_missing=
  image=$(redis_image)
  container_missing=
  # A folder from before the image was made of it has no shell.
  if ! redis_is_latest || [ ! -e "$home/unpacked/usr/bin/dash" ]; then
    fetch_redis_latest "$home" || { container_missing="Redis for the image is missing: $redis_latest_missing"; return 1; }
  fi

  folder=$(mktemp -d)
  : >"$log"
  # The arguments of AddRedis replace the entry point by /bin/sh; without them the image starts a server, as the official one does.
  if make_redis_root "$home/unpacked" "$folder" >>"$log" 2>&1 \
      && tar --create --numeric-owner --owner=0 --group=0 --sort=name --directory "$folder" . \
        | "$client" import --change 'WORKDIR /data' --change 'VOLUME /data' --change 'EXPOSE 6379' --change 'CMD ["redis-server"]' \
            --change 'ENV PATH=/usr/bin' --change 'LABEL org.redisflow.made-by=build/redis-image.sh' - "$image" >>"$log" 2>&1; then
    say "made the image $image from Debian packages ($(du -sh "$folder" | cut -f1))"
  else
    container_missing="the image could not be made; see artifacts/redis-image.log ($(tail -n 1 "$log" | cut -c1-150))"
  fi

  rm -rf "$folder"
  [ -z "$container_missing" ]
}

# Copies the programs and what they load from an unpacked Debian to a file system of their own.
make_redis_root() {
  local from=$1 to=$2 loader folder files program
  loader=$(find "$from" -name 'ld-linux*.so.*' | head -n 1)
  folder=$(find "$from" -path '*/usr/lib/*' -name 'libc.so.*' -printf '%h\n' | head -n 1)
  [ -n "$loader" ] && [ -n "$folder" ] || return 1
  chmod 755 "$to"
  mkdir -p "$to"/{data,etc,tmp,usr/bin,usr/lib,usr/lib64} "$to${folder#"$from"}" && chmod 1777 "$to/tmp" && ln -s usr/bin usr/lib usr/lib64 "$to" || return 1
  printf 'root:x:0:0:root:/data:/bin/sh\n' >"$to/etc/passwd"
  printf 'root:x:0:\n' >"$to/etc/group"

  for program in redis-server redis-cli dash; do
    files=$("$loader" --library-path "$folder" --list "$from/usr/bin/$program" | sed -n 's/.*=> \(.*\) (0x.*/\1/p')
    # shellcheck disable=SC2086 # one file a line, without spaces but for those of the folder
    cp -L "$from/usr/bin/$program" "$to/usr/bin/$program" && (IFS=$'\n'; cp -L $files "$to${folder#"$from"}/") || return 1
  done
  ln -s dash "$to/usr/bin/sh"

  # Programs name their loader by an absolute path: in lib64 on some architectures, in lib on others.
  cp -L "$loader" "$to${folder#"$from"}/" || return 1
  for program in lib lib64; do
    ln -sf "${folder#"$from"}/$(basename "$loader")" "$to/usr/$program/$(basename "$loader")" || return 1
  done
}

if [ "${BASH_SOURCE[0]}" = "$0" ]; then
  set -euo pipefail
  root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
  . "$root/build/lib.sh"
  container_runtime || die "$container_missing." "Start an engine, or set DOCKER_HOST to the socket of one."
  mkdir -p "$root/artifacts"
  if has_image "$container_client" "$(redis_image)"; then
    say "$container_client has the image $(redis_image)"
  else
    import_redis_image "$container_client" || die "$container_missing"
  fi
fi
