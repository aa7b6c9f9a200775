#!/usr/bin/env bash
# A Redis image made of Debian packages, for engines that reach no registry: build/redis-image.sh gives it to the engine that answers,
# under the very name that the AppHost asks for, unless the engine has an image of that name. It holds redis-server, redis-cli, a shell and
# the libraries that they need, and is used like the official one. ./run and ./test source this file for the functions.
# shellcheck shell=bash

# The image's name, as the AppHost states it.
redis_image() {
  local source=$root/RedisFlow.AppHost/Redis/RedisContainer.cs registry image tag
  registry=$(sed -n 's/.*const string Registry = "\(.*\)";.*/\1/p' "$source")
  image=$(sed -n 's/.*const string Image = "\(.*\)";.*/\1/p' "$source")
  tag=$(sed -n 's/.*const string Tag = "\(.*\)";.*/\1/p' "$source")
  [ -n "$registry" ] && [ -n "$image" ] && [ -n "$tag" ] || die "the name of the Redis image is not found in $source"
  printf '%s/%s:%s\n' "$registry" "$image" "$tag"
}

# The client of the engine that answers: docker or podman, as the AppHost looks for them. Returns 1 where none answers.
container_runtime() {
  local client
  for client in ${ASPIRE_CONTAINER_RUNTIME:-docker podman}; do
    have "$client" && timeout 10 "$client" info >/dev/null 2>&1 && { printf '%s\n' "$client"; return; }
  done
  return 1
}

# Whether the engine has the image. Argument: its client.
has_redis_image() { "$1" image inspect "$(redis_image)" >/dev/null 2>&1; }

# Downloads the image as the engine would when a container asks for it. Returns 1 where no registry is reachable.
pull_redis_image() { timeout 300 "$1" pull --quiet "$(redis_image)" >"$root/artifacts/redis-image.log" 2>&1; }

# Makes the image and gives it to the engine. Returns 1 with the reason in redis_image_missing.
import_redis_image() {
  local client=$1 image folder log=$root/artifacts/redis-image.log
  image=$(redis_image)
  redis_image_missing=
  if [ -z "${redis_latest:-}" ] || [ ! -e "$root/artifacts/redis-8/unpacked/usr/bin/dash" ]; then
    redis_latest=$root/artifacts/redis-8/redis-server
    redis_is_latest && [ -e "$root/artifacts/redis-8/unpacked/usr/bin/dash" ] || fetch_redis_latest "$root/artifacts/redis-8" || {
      redis_image_missing="Redis for the image is missing: $redis_latest_missing"
      return 1
    }
  fi

  folder=$(mktemp -d)
  : >"$log"
  # The arguments of AddRedis replace the entry point by /bin/sh; without them the image starts a server, as the official one does.
  if make_redis_root "$root/artifacts/redis-8/unpacked" "$folder" >>"$log" 2>&1 \
      && tar --create --numeric-owner --owner=0 --group=0 --sort=name --directory "$folder" . \
        | "$client" import --change 'WORKDIR /data' --change 'VOLUME /data' --change 'EXPOSE 6379' --change 'CMD ["redis-server"]' \
            --change 'ENV PATH=/usr/bin' --change 'LABEL org.redisflow.made-by=build/redis-image.sh' - "$image" >>"$log" 2>&1; then
    say "made the image $image from Debian packages ($(du -sh "$folder" | cut -f1))"
  else
    redis_image_missing="the image could not be made; see artifacts/redis-image.log ($(tail -n 1 "$log" | cut -c1-150))"
  fi

  rm -rf "$folder"
  [ -z "$redis_image_missing" ]
}

# Copies the programs and what they load from an unpacked Debian to a file system of their own.
make_redis_root() (
  set -e
  from=$1 to=$2
  mkdir -p "$to"/{data,etc,tmp,usr/bin,usr/lib,usr/lib64}
  chmod 755 "$to"
  chmod 1777 "$to/tmp"
  ln -s usr/bin usr/lib usr/lib64 "$to"
  printf 'root:x:0:0:root:/data:/bin/sh\n' >"$to/etc/passwd"
  printf 'root:x:0:\n' >"$to/etc/group"

  loader=$(find "$from" -name 'ld-linux*.so.*' | head -n 1)
  libraries=$(find "$from" -path '*/usr/lib/*' -name 'libc.so.*' -printf '%h\n' | head -n 1)
  mkdir -p "$to${libraries#"$from"}"
  for program in redis-server redis-cli dash; do
    cp -L "$from/usr/bin/$program" "$to/usr/bin/$program"
    "$loader" --library-path "$libraries" --list "$from/usr/bin/$program" | sed -n 's/.*=> \(.*\) (0x.*/\1/p' | while read -r library; do
      cp -L "$library" "$to${libraries#"$from"}/"
    done
  done
  ln -s dash "$to/usr/bin/sh"

  # Programs name their loader by an absolute path: that of lib64 on some architectures, of lib on others.
  cp -L "$loader" "$to${libraries#"$from"}/$(basename "$loader")"
  for folder in lib lib64; do
    ln -sf "${libraries#"$from"}/$(basename "$loader")" "$to/usr/$folder/$(basename "$loader")"
  done
)

if [ "${BASH_SOURCE[0]}" = "$0" ]; then
  set -euo pipefail
  root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
  . "$root/build/lib.sh"
  client=$(container_runtime) || die "no container engine answers." "Start one, or set DOCKER_HOST to the socket of one."
  mkdir -p "$root/artifacts"
  if has_redis_image "$client"; then
    say "$client has the image $(redis_image)"
  else
    import_redis_image "$client" || die "$redis_image_missing"
  fi
fi
