#!/usr/bin/env bash
# RUSTC_WRAPPER of the fuzz targets: only the fuzzed crates count coverage, our crates
# and the parser. In other crates (above all the code generator) counters would cost time
# and draw the fuzzer to code that isn't under test.
set -euo pipefail

case ${CARGO_PKG_NAME:-} in
wasi-aot-* | wasmparser) exec "$@" ;;
esac
args=()
for arg in "$@"; do
    case $arg in
    -Ccodegen-units=* | -Cpasses=sancov-module | -Cllvm-args=-sanitizer-coverage-* | -Cllvm-args=-simplifycfg-branch-fold-threshold=*) ;;
    *) args+=("$arg") ;;
    esac
done
exec "${args[@]}"
