#!/usr/bin/env bash
# RUSTC_WRAPPER of the fuzz targets: coverage is counted in what is fuzzed only, our
# crates and the parser. Elsewhere (the code generator, above all) it would cost time
# and draw the fuzzer to what isn't interesting.
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
