#!/usr/bin/env bash
# Runs libFuzzer over the compiler: tests/fuzz/run.sh SECONDS [TARGET...], as `make
# fuzz` does. Installs cargo-fuzz below the target directory if it isn't there. What
# it finds is left in $CARGO_TARGET_DIR/fuzz/findings/TARGET, and ends the target's
# run; put it into tests/fuzz/findings/TARGET under a name that says what it shows.
#
#   tests/fuzz/run.sh cmin [TARGET...]    what was found new into the committed corpus
#   tests/fuzz/run.sh seeds               the first corpus, from modules of the tests
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

readonly VERSION=0.13.1
target=${CARGO_TARGET_DIR:-target}
mkdir -p "$target"
target=$(realpath "$target")
out=$target/fuzz
PATH=$target/tools/bin:$PATH
all=(compile go inspect smith)

# Coverage counters come from flags of the stable compiler; sanitizers would not, and
# nothing here is unsafe.
common=(--fuzz-dir tests/fuzz --sanitizer none --target-dir "$out")
export RUSTC_WRAPPER=$PWD/tests/fuzz/rustc.sh

# One input may take this long and this much; inputs are no longer than this.
limits=(-timeout=20 -rss_limit_mb=4096 -malloc_limit_mb=2048 -max_len=16384)

install() {
    [ "$(cargo fuzz --version 2>/dev/null)" = "cargo-fuzz $VERSION" ] && return
    echo "fuzz: installing cargo-fuzz $VERSION below $target/tools"
    env -u RUSTC_WRAPPER cargo install cargo-fuzz --version "$VERSION" --locked --root "$target/tools"
}

# fuzz TARGET SECONDS: as long, from the committed corpus and what was found before.
fuzz() {
    local name=$1 seconds=$2 log=$out/$1.log found=0
    mkdir -p "$out/corpus/$name" "$out/findings/$name" "tests/fuzz/corpus/$name"
    # libFuzzer ends with an error when it has found something.
    cargo fuzz run "${common[@]}" "$name" "$out/corpus/$name" "tests/fuzz/corpus/$name" -- \
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

# minimise TARGET: the smallest set of inputs that reaches as much. No run may go on
# meanwhile: it removes files that it has reduced.
minimise() {
    local name=$1 scratch
    scratch=$(mktemp -d)
    cargo fuzz run "${common[@]}" "$name" "$scratch" "$out/corpus/$name" "tests/fuzz/corpus/$name" -- \
        -set_cover_merge=1 -use_counters=0 -max_len=2048 "${limits[@]:0:3}" >"$out/$name.cmin.log" 2>&1
    rm -rf "tests/fuzz/corpus/$name"
    mv "$scratch" "tests/fuzz/corpus/$name"
    chmod 755 "tests/fuzz/corpus/$name"
    echo "fuzz: $name: $(find "tests/fuzz/corpus/$name" -type f | wc -l) inputs, $(du -sb "tests/fuzz/corpus/$name" | cut -f 1) bytes"
}

what=${1:?usage: tests/fuzz/run.sh SECONDS|cmin|seeds [TARGET...]}
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
*)
    install
    failed=0
    for name in "$@"; do fuzz "$name" "$what" || failed=1; done
    exit $failed
    ;;
esac
