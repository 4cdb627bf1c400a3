#!/usr/bin/env bash
# Runs suites once for each pass, with all executables built without that pass: none of them is
# needed for right results.
#
#   tests/passes.sh SUITE...
#
# PASSES="values narrow" chooses passes, FILTER=concurrency tests by a part of their names.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
wasi_aot=${CARGO_TARGET_DIR:-$root/target}/release/wasi-aot

suites=()
for suite in "$@"; do
    suites+=(--test "$suite")
done
passes=${PASSES:-$("$wasi_aot" passes --json | sed -n 's/^ *"name": "\(.*\)",$/\1/p')}
failed=()
for pass in $passes; do
    echo "== without $pass"
    WASI_AOT_TEST_PASS=-$pass cargo test --release --workspace --no-fail-fast "${suites[@]}" \
        -- ${FILTER:+"$FILTER"} \
        || failed+=("$pass")
done
if [ ${#failed[@]} != 0 ]; then
    echo "failed without: ${failed[*]}" >&2
    exit 1
fi
