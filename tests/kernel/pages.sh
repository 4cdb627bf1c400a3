#!/usr/bin/env bash
# Builds a kernel for aarch64 with pages of 64 KiB, of which Debian has no package.
#
#   tests/kernel/pages.sh SOURCES.tar.xz DIRECTORY IMAGE
#
# This script makes DIRECTORY; the caller removes it. PATH must have the tools that build
# Linux (make, gcc, flex, bison, bc, perl) and aarch64-linux-gnu-gcc:
# tests/setup-aarch64.sh pages ensures that. The same sources and tools make the same image.
set -euo pipefail

config=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/pages.config
sources=$1
directory=$2
image=$3

# step COMMAND...: runs it and keeps its output. If it fails, shows one line.
step() {
    "$@" >"$directory.log" 2>&1 && return
    echo "pages.sh: $1 failed: $(grep -m 1 -iE 'error|not found' "$directory.log" || tail -n 1 "$directory.log")" >&2
    exit 1
}

linux() {
    step nice make -C "$directory" -j "$(nproc)" ARCH=arm64 CROSS_COMPILE=aarch64-linux-gnu- \
        KBUILD_BUILD_TIMESTAMP=1970-01-01 KBUILD_BUILD_USER=wasi-aot KBUILD_BUILD_HOST=wasi-aot "$@"
}

mkdir "$directory"
step tar -x -C "$directory" --strip-components=1 -f "$sources"
linux KCONFIG_ALLCONFIG="$config" allnoconfig
# Linux's configuration silently drops an option that doesn't exist or lacks a dependency.
grep '^CONFIG' "$config" | while read -r option; do
    grep -qxF "$option" "$directory/.config" || { echo "pages.sh: this Linux doesn't take $option" >&2; exit 1; }
done
echo "pages.sh: building, which takes 10 minutes" >&2
linux Image
mv "$directory/arch/arm64/boot/Image" "$image"
