#!/usr/bin/env bash
# Finds WebAssembly's tests of WASI preview 1: in the directory that
# WASI_TESTSUITE names, in ../shared/wasi-testsuite beside the checkout, or in a
# clone under .venv/.
#
#   tests/wasi-suite.sh where      prints the directory, or nothing
#   tests/wasi-suite.sh get        clones it if it isn't there; never fails
#   tests/wasi-suite.sh require    fails if it isn't there
#   tests/wasi-suite.sh report     says so if it isn't there
set -euo pipefail

REPOSITORY=https://github.com/WebAssembly/wasi-testsuite
# A commit of the branch prod/testsuite-base, which has the compiled modules.
COMMIT=9f80ca35444cfd9e63100725615140a346652e6c

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
clone=$root/.venv/wasi-testsuite

where() {
    if [ -n "${WASI_TESTSUITE:-}" ]; then
        cd "$WASI_TESTSUITE" && pwd
        return
    fi
    for directory in "$root/../shared/wasi-testsuite" "$clone"; do
        if [ -d "$directory" ]; then
            (cd "$directory" && pwd)
            return
        fi
    done
}

get() {
    [ -n "$(where)" ] && return
    echo "setup: fetching $REPOSITORY" >&2
    rm -rf "$clone.part"
    if git init -q "$clone.part" 2>/dev/null &&
        git -C "$clone.part" fetch -q --depth 1 "$REPOSITORY" "$COMMIT" &&
        git -C "$clone.part" -c advice.detachedHead=false checkout -q FETCH_HEAD; then
        mv "$clone.part" "$clone"
    else
        rm -rf "$clone.part"
    fi
}

case ${1:-where} in
where) where ;;
get) get ;;
require | report)
    if [ -z "$(where)" ]; then
        echo "SKIPPED: WASI conformance; clone $REPOSITORY (branch prod/testsuite-base)" >&2
        echo "         and set WASI_TESTSUITE to it" >&2
        [ "$1" = report ]
    fi
    ;;
*)
    echo "usage: tests/wasi-suite.sh [where|get|require|report]" >&2
    exit 2
    ;;
esac
