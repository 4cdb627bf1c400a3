#!/usr/bin/env bash
# Runs libFuzzer over the compiler: tests/fuzz/run.sh SECONDS [TARGET...], as `make
# fuzz` does. Installs cargo-fuzz below the target directory if it isn't there. A
# finding ends the run of its target and is left in
# $CARGO_TARGET_DIR/fuzz/findings/TARGET. Put the finding into
# tests/fuzz/findings/TARGET under a name that says what is wrong with it.
#
#   tests/fuzz/run.sh cmin [TARGET...]      pack the committed corpus again, with new inputs
#   tests/fuzz/run.sh unpack [TARGET...]    unpack the committed corpus into $CARGO_TARGET_DIR/fuzz/committed
#   tests/fuzz/run.sh pack [TARGET...]      pack what `unpack` left there
#   tests/fuzz/run.sh seeds                 make the first corpus from WebAssembly's testsuite
#
# The committed corpus of a target is one archive, tests/fuzz/corpus/TARGET.tar.gz. The
# same inputs always give the same bytes. `make test` reads the archives as they are.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

readonly VERSION=0.13.1
target=${CARGO_TARGET_DIR:-target}
mkdir -p "$target"
target=$(realpath "$target")
out=$target/fuzz
PATH=$target/tools/bin:$PATH
all=(compile go inspect smith)

# Coverage counters need only flags of the stable Rust compiler. Sanitizers need a nightly
# Rust compiler, and wasi-aot's compiler has no unsafe code for them to check.
common=(--fuzz-dir tests/fuzz --sanitizer none --target-dir "$out")
export RUSTC_WRAPPER=$PWD/tests/fuzz/rustc.sh

# Limits of one input: seconds, MiB of memory, MiB of one allocation, bytes of the input.
limits=(-timeout=20 -rss_limit_mb=4096 -malloc_limit_mb=2048 -max_len=16384)

install() {
    [ "$(cargo fuzz --version 2>/dev/null)" = "cargo-fuzz $VERSION" ] && return
    echo "fuzz: installing cargo-fuzz $VERSION below $target/tools"
    env -u RUSTC_WRAPPER cargo install cargo-fuzz --version "$VERSION" --locked --root "$target/tools"
}

# unpack TARGET: the inputs of the committed corpus, alone in $out/committed/TARGET.
unpack() {
    local directory=$out/committed/$1 archive=tests/fuzz/corpus/$1.tar.gz
    rm -rf "$directory"
    mkdir -p "$directory"
    [ ! -e "$archive" ] || tar --extract --gzip --file "$archive" --directory "$directory"
}

# pack TARGET DIRECTORY: makes the committed corpus of the inputs in DIRECTORY. Order,
# times, owners and modes are fixed, so that the bytes depend on the inputs alone.
pack() {
    local archive=tests/fuzz/corpus/$1.tar.gz
    find "$2" -type f -printf '%P\n' | LC_ALL=C sort |
        tar --create --directory "$2" --files-from - --format ustar --blocking-factor 1 \
            --mode 644 --owner 0 --group 0 --numeric-owner --mtime @0 |
        gzip -9n >"$archive.new"
    mv "$archive.new" "$archive"
    echo "fuzz: $1: $(inputs "$2"), $(stat -c %s "$archive") packed in $archive"
}

# inputs DIRECTORY: prints the number and size of the inputs in it.
inputs() {
    find "$1" -type f -printf '%s\n' | awk '{ sum += $1 } END { print NR " inputs, " sum + 0 " bytes" }'
}

# fuzz TARGET SECONDS: runs for SECONDS, from the committed corpus and earlier runs' inputs.
fuzz() {
    local name=$1 seconds=$2 log=$out/$1.log found=0
    unpack "$name"
    mkdir -p "$out/corpus/$name" "$out/findings/$name"
    # libFuzzer ends with an error when it has found something.
    cargo fuzz run "${common[@]}" "$name" "$out/corpus/$name" "$out/committed/$name" -- \
        -max_total_time="$seconds" -print_final_stats=1 -dict=tests/fuzz/wasm.dict \
        -artifact_prefix="$out/findings/$name/" "${limits[@]}" >"$log" 2>&1 || found=1
    local executions coverage
    executions=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log" | tail -n 1)
    coverage=$(sed -n 's/.* cov: \([0-9]*\) .*/\1/p' "$log" | tail -n 1)
    echo "fuzz: $name: ${executions:-0} executions, ${coverage:-0} edges, $(find "$out/findings/$name" -type f | wc -l) findings in $out/findings/$name"
    if [ $found = 1 ]; then
        tail -n 40 "$log"
        return 1
    fi
}

# minimise TARGET: packs the smallest set of inputs that reaches the same code. No run may
# be active meanwhile: libFuzzer removes the files of inputs that it has reduced.
minimise() {
    local name=$1 scratch
    unpack "$name"
    scratch=$(mktemp -d)
    cargo fuzz run "${common[@]}" "$name" "$scratch" "$out/corpus/$name" "$out/committed/$name" -- \
        -set_cover_merge=1 -use_counters=0 -max_len=2048 "${limits[@]:0:3}" >"$out/$name.cmin.log" 2>&1
    pack "$name" "$scratch"
    rm -rf "$scratch"
}

what=${1:?usage: tests/fuzz/run.sh SECONDS|cmin|unpack|pack|seeds [TARGET...]}
shift
[ $# -gt 0 ] || set -- "${all[@]}"
case $what in
seeds)
    unset RUSTC_WRAPPER
    cargo run --release -p wasi-aot-fuzz-bodies --example seeds -- "$out/corpus/compile"
    ;;
cmin)
    install
    for name in "$@"; do minimise "$name"; done
    ;;
unpack)
    for name in "$@"; do
        unpack "$name"
        echo "fuzz: $name: $(inputs "$out/committed/$name") in $out/committed/$name"
    done
    ;;
pack)
    for name in "$@"; do pack "$name" "$out/committed/$name"; done
    ;;
*)
    install
    failed=0
    for name in "$@"; do fuzz "$name" "$what" || failed=1; done
    exit $failed
    ;;
esac
