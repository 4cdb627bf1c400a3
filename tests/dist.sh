#!/usr/bin/env bash
# Tries what `make dist` packed: tests/dist.sh DIST WORK, as `make test-dist` does.
#
# DIST holds the archives, WORK is a directory to unpack and build in. Each host's
# wasi-aot compiles a Go program for both targets. Both hosts give the same
# executables, and these run. The objects link with the libraries in the archives.
# Programs for another machine run in .venv/aarch64/qemu.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
dist=$(realpath "$1")
rm -rf "$2"
mkdir -p "$2"
cd "$2"

fail() { echo "test-dist: $*" >&2; exit 1; }

# run TARGET PROGRAM ARGUMENT...
run() {
    local target=$1
    shift
    case $target-$(uname -m) in
        amd64-x86_64 | arm64-aarch64) "$@" ;;
        arm64-x86_64) "$root/.venv/aarch64/qemu" "$@" ;;
        *) fail "this machine has nothing that runs programs for $target" ;;
    esac
}

# counts TARGET PROGRAM: checks that it counts the lines of config.txt.
counts() {
    local output
    output=$(run "$1" "./$2" config.txt)
    [[ $output == *1000* ]] || fail "$2 prints: $output"
}

(cd "$dist" && sha256sum --check --strict SHA256SUMS)

go=$("$root/tests/setup.sh" any-go)
GOENV=off GOTOOLCHAIN=local GOFLAGS=-buildvcs=false GOWORK=off GOOS=wasip1 GOARCH=wasm \
    "$go" build -C "$root/tests/guests/counter" -o "$PWD/counter.wasm" .
seq 1000 >config.txt

for host in amd64 arm64; do
    archive=$(echo "$dist"/wasi-aot-*-linux-$host.tar.gz)
    grep -q "  ${archive##*/}$" "$dist/SHA256SUMS" || fail "no checksum of ${archive##*/}"
    tar --extract --gzip --file "$archive"
    tool=$(basename "$archive" .tar.gz)/wasi-aot
    [ -s "$(dirname "$tool")/README.md" ] || fail "no README.md in ${archive##*/}"
    # A program that names an interpreter needs libraries of its machine.
    ! readelf --program-headers --wide "$tool" | grep -q INTERP || fail "$tool is not static"
    for target in amd64 arm64; do
        made=counter-$target-from-$host
        run $host "$tool" build --target linux/$target --dir . counter.wasm -o "$made"
        cmp "$made" "counter-$target-from-amd64"
        counts $target "$made"
        run $host "$tool" build --target linux/$target --dir . --emit obj counter.wasm -o "$made.o"
    done
    libraries=$(dirname "$tool")/lib
    case $(uname -m) in x86_64) native=amd64 ;; *) native=arm64 ;; esac
    ld -T "$libraries/wasi-aot.ld" $([ $native = amd64 ] || echo --defsym=ARM64=1) -o linked \
        "counter-$native-from-$host.o" "$libraries/linux-$native/libwasi_aot_shim.a"
    counts $native linked
done
echo "test-dist: both archives build for both targets"
