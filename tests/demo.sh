#!/usr/bin/env bash
# Compiles the seed programs hello and counter with Go, makes executables of them
# with wasi-aot, runs the executables, and shows each step. `make demo` sets:
#
#   WASI_AOT   the tool
#   OUT        where the results go
set -euo pipefail

guests=$(cd "$(dirname "${BASH_SOURCE[0]}")/guests" && pwd)
go=$("$guests/../setup.sh" any-go)
mkdir -p "$OUT"
cd "$OUT"

# show COMMAND...: prints it as a user would type it, then runs it.
show() {
    local line
    line=$(printf '%q ' "$@")
    line=${line//"$WASI_AOT"/wasi-aot}
    line=${line//"$go"/go}
    printf '\n$ %s\n' "${line% }"
    "$@"
}

export GOENV=off GOTOOLCHAIN=local GOFLAGS=-buildvcs=false GOWORK=off
for program in hello counter; do
    show env GOOS=wasip1 GOARCH=wasm "$go" build -C "$guests/$program" -o "$OUT/$program.wasm" .
done

show "$WASI_AOT" build --env USER hello.wasm -o hello
show env USER="${USER:-$(id -un)}" ./hello

show "$WASI_AOT" build --dir-ro . counter.wasm -o counter
seq 1000 > config.txt
show ./counter config.txt

printf '\nThe same executable, asked for a file outside the directory it was granted:\n'
show ./counter /etc/passwd || echo "(exit $?)"

printf '\nBoth are static executables, in %s:\n' "$OUT"
ls -l hello.wasm hello counter.wasm counter
