# A compiler that links native code: for the test that publishes tests/RedisFlow.Aot.
# shellcheck shell=bash

ensure_native_compiler() {
  have clang || have gcc || apt_install "a compiler for native code" clang zlib1g-dev
}
