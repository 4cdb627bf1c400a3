#!/usr/bin/env bash
# Finds the pass and the function that a fault of an executable comes from, by builds that run
# fewer and fewer passes.
#
#   tests/bisect.sh MODULE GOOD [FLAG]...
#
# GOOD is a shell command that gets the executable's path as $1 and succeeds if the executable
# does what it should. The FLAGs are those of the build that is at fault. For example:
#
#   tests/bisect.sh app.wasm 'test "$($1 -n 5)" = 120' --dir-ro .
set -euo pipefail

if [ $# -lt 2 ]; then
    echo "usage: tests/bisect.sh MODULE GOOD [FLAG]..." >&2
    exit 2
fi
module=$1 good=$2
shift 2
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
wasi_aot=${WASI_AOT:-${CARGO_TARGET_DIR:-$root/target}/release/wasi-aot}
made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT

# build LIMIT: builds with so many passes; leaves the line about the limit in $note.
build() {
    if ! "$wasi_aot" build "$module" -o "$made/program" --pass-limit "$1" "${flags[@]}" \
        2>"$made/messages"; then
        cat "$made/messages" >&2
        exit 1
    fi
    note=$(sed -n 's/^wasi-aot: note: pass limit //p' "$made/messages")
}

# is_good LIMIT: whether a build with so many passes does what it should.
is_good() {
    build "$1"
    if sh -c "$good" sh "$made/program" >/dev/null 2>&1; then
        echo "with $1 passes: good" >&2
    else
        echo "with $1 passes: bad" >&2
        return 1
    fi
}

flags=("$@")
low=0
if ! is_good "$low"; then
    echo "bisect: without any pass the executable is bad, too; the fault isn't in a pass" >&2
    exit 1
fi
high=${note#* of }
high=${high%%:*}
if is_good "$high"; then
    echo "bisect: with all passes the executable is good; look at GOOD and the flags" >&2
    exit 1
fi
while [ $((high - low)) -gt 1 ]; do
    middle=$(((low + high) / 2))
    if is_good "$middle"; then low=$middle; else high=$middle; fi
done
build "$high"
echo "bad from --pass-limit $high on: ${note##*the last one is }"
