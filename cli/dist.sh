#!/usr/bin/env bash
# Packs wasi-aot for a host: cli/dist.sh HOST TARGET_DIR OUTPUT_DIR, as `make dist` does.
#
# HOST is linux-amd64 or linux-arm64. The archive holds a static executable, which builds for
# all targets, the script and libraries that ld needs for their objects, and the documents for
# users (cli/dist-docs.sh). The same sources and tools give the same bytes.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

host=$1
target=$(realpath "$2")
output=$(realpath "$3")

case $host in
    linux-amd64) triple=x86_64-unknown-linux-gnu ;;
    linux-arm64)
        triple=aarch64-unknown-linux-gnu
        if [ "$(uname -m)" != aarch64 ]; then
            tests/setup-aarch64.sh rust cc
            export RUSTC=$PWD/.venv/aarch64/rustc
            export CC_aarch64_unknown_linux_gnu=$PWD/.venv/aarch64/cc
            export AR_aarch64_unknown_linux_gnu=$PWD/.venv/aarch64/ar
            export CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER=$PWD/.venv/aarch64/cc
        fi
        ;;
    *) echo "dist: no host $host" >&2; exit 2 ;;
esac

# The executable needs no C library on the user's machine, and holds no path of this machine.
export CARGO_INCREMENTAL=0
export RUSTFLAGS="-Ctarget-feature=+crt-static --remap-path-prefix=$PWD=wasi-aot --remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}=cargo"
cargo build --release --locked --target "$triple" --target-dir "$target/dist" -p wasi-aot

version=$(sed -n 's/^version = "\(.*\)"$/\1/p' Cargo.toml | head -n 1)
name=wasi-aot-$version-$host
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
mkdir -p "$stage/$name/lib/linux-amd64" "$stage/$name/lib/linux-arm64"
cp "$target/dist/$triple/release/wasi-aot" cli/go_wasip1_wasm_exec "$stage/$name/"
cli/dist-docs.sh "$stage/$name"
"$target/release/wasi-aot-shim-images" script "$stage/$name/lib/wasi-aot.ld"
for of in linux-amd64 linux-arm64; do
    "$target/release/wasi-aot-shim-images" library "${of/-//}" "$target/shim-images" "$stage/$name/lib/$of/libwasi_aot_shim.a"
done
tar --create --directory "$stage" --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner "$name" |
    gzip --no-name --best >"$output/$name.tar.gz"
echo "$output/$name.tar.gz"
