#!/usr/bin/env bash
# Puts what aarch64 needs on an x86-64 machine under .venv/aarch64/. Safe to run again:
# what is there already is left alone.
#
#   tests/setup-aarch64.sh rust    a Rust compiler with aarch64's standard library
#   tests/setup-aarch64.sh qemu    an emulator for programs of aarch64
#   tests/setup-aarch64.sh cc      a linker and a C library for wasi-aot itself
#   tests/setup-aarch64.sh system  an emulator for machines of aarch64, and kernels
#   tests/setup-aarch64.sh plugins emulators for programs that load plugins
#
# Results:
#   .venv/aarch64/rustc
#   .venv/aarch64/qemu
#   .venv/aarch64/cc, ar
#   .venv/aarch64/qemu-system
#   .venv/aarch64/qemu-aarch64, qemu-x86_64: of both processors, to compare them
#   .venv/aarch64/kernels/linux-VERSION, with the page size if it isn't 4 KiB
#
# Rust comes from the toolchain in use where that has the target, or rustup can add it;
# otherwise, as the emulator, from Debian's packages, which are unpacked there and
# change nothing on the machine.
set -euo pipefail

TRIPLE=aarch64-unknown-linux-gnu

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
home=$root/.venv/aarch64
debian=$home/debian

say() { echo "setup-aarch64: $*" >&2; }

# private_apt TOOL ARGUMENT...: one of apt's tools with lists and cache of our own, for
# packages of both architectures.
private_apt() {
    local tool=$1
    shift
    "$tool" -o Dir::State="$debian/state" -o Dir::Cache="$debian/cache" \
        -o APT::Architectures::=amd64 -o APT::Architectures::=arm64 \
        -o APT::Sandbox::User= -o Acquire::Languages=none "$@"
}

# unpack PACKAGE...: Debian's newest, below $debian/root.
unpack() {
    for tool in apt-get dpkg-deb; do
        command -v $tool >/dev/null || { say "$tool is missing: install $1 by hand, and see ${BASH_SOURCE[0]}"; exit 1; }
    done
    say "fetching $*"
    mkdir -p "$debian"/{state/lists/partial,cache/archives/partial,root,packages}
    [ -n "${updated:-}" ] || private_apt apt-get update -qq
    updated=1
    rm -f "$debian"/packages/*
    (cd "$debian/packages" && private_apt apt-get download -qq "$@")
    for package in "$debian"/packages/*.deb; do dpkg-deb -x "$package" "$debian/root"; done
    rm -f "$debian"/packages/*
}

# knows RUSTC: whether it has the target's core library.
knows() { compgen -G "$("$1" --print target-libdir --target $TRIPLE 2>/dev/null)/libcore-*.rlib" >/dev/null; }

# wrap NAME PROGRAM [LIBRARIES]: .venv/aarch64/NAME runs it. By one rename, so that it
# stands for a finished install.
wrap() {
    local libraries=${3:+LD_LIBRARY_PATH=$3 }
    printf '#!/bin/sh\n%sexec %s "$@"\n' "$libraries" "$2" >"$home/$1.$$"
    chmod +x "$home/$1.$$"
    mv "$home/$1.$$" "$home/$1"
}

install_rust() {
    [ -x "$home/rustc" ] && return
    if knows rustc; then
        wrap rustc "$(command -v rustc)"
        return
    fi
    if command -v rustup >/dev/null && timeout 120 rustup target add $TRIPLE >/dev/null 2>&1 && knows rustc; then
        wrap rustc "$(command -v rustc)"
        return
    fi
    unpack rustc-web libstd-rust-web-dev:amd64 libstd-rust-web-dev:arm64
    # The compiler's own libraries are in packages named after their versions.
    local depends
    depends=$(private_apt apt-cache depends libstd-rust-web-dev:amd64 | sed -n 's/.*Depends: \(libstd-rust-web-[0-9.]*\)$/\1/p' | head -n 1)
    unpack "$depends"
    depends=$(private_apt apt-cache depends "$depends" | sed -n 's/.*Depends: \(libllvm[0-9]*\)$/\1/p' | head -n 1)
    unpack "$depends" libedit2 libbsd0 libmd0 libxml2 libicu72 libz3-4
    local libraries=$debian/root/usr/lib/x86_64-linux-gnu
    local rustc=$debian/root/usr/bin/rustc
    LD_LIBRARY_PATH=$libraries "$rustc" --version >/dev/null
    wrap rustc "$rustc" "$libraries"
    knows "$home/rustc" || { say "the packages do not hold $TRIPLE"; exit 1; }
}

install_qemu() {
    [ -x "$home/qemu" ] && return
    local qemu
    qemu=$(command -v qemu-aarch64-static || command -v qemu-aarch64 || true)
    if [ -z "$qemu" ]; then
        unpack qemu-user-static
        qemu=$debian/root/usr/bin/qemu-aarch64-static
    fi
    "$qemu" --version >/dev/null
    # No wrapper: a shell would add to the environment of the program.
    ln -s "$qemu" "$home/qemu.$$"
    mv -T "$home/qemu.$$" "$home/qemu"
}

# missing PACKAGE: it, and what it needs of what isn't installed on this machine.
missing() {
    private_apt apt-get update -qq
    updated=1
    private_apt apt-get install -s --no-install-recommends "$1" | sed -n 's/^Inst \([^ ]*\).*/\1/p'
}

install_cc() {
    [ -x "$home/cc" ] && return
    local cc
    cc=$(command -v aarch64-linux-gnu-gcc || true)
    if [ -z "$cc" ]; then
        mkdir -p "$debian"/{state/lists/partial,cache/archives/partial}
        # shellcheck disable=SC2046
        unpack $(missing gcc-aarch64-linux-gnu) libc6-dev-arm64-cross
        cc=$debian/root/usr/bin/aarch64-linux-gnu-gcc
        wrap cc "$cc" "$debian/root/usr/lib/x86_64-linux-gnu"
        wrap ar "$debian/root/usr/bin/aarch64-linux-gnu-ar" "$debian/root/usr/lib/x86_64-linux-gnu"
    else
        wrap cc "$cc"
        wrap ar "$(command -v aarch64-linux-gnu-ar)"
    fi
}

# suite_apt TOOL ARGUMENT...: the same for other suites, where this machine finds its own.
suite_apt() {
    local tool=$1
    shift
    private_apt "$tool" -o Dir::State="$debian/suites" -o Dir::Etc::SourceParts=/dev/null \
        -o Dir::Etc::SourceList="$debian/suites.list" "$@"
}

# kernel NAME PACKAGE SUITE: what the meta-package stands for there.
kernel() {
    [ -e "$home/kernels/$1" ] && return
    local suites=$debian/suites package found
    if [ ! -e "$debian/suites.list" ]; then
        local site
        site=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Label: Debian' 'Component: main' | head -n 1)
        [ -n "$site" ] || { say "this machine has no Debian suite to take kernels from"; exit 1; }
        for suite in bullseye bookworm trixie; do
            echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $site $suite main"
        done >"$debian/suites.list"
        mkdir -p "$suites/lists/partial"
        suite_apt apt-get update -qq
    fi
    package=$(suite_apt apt-cache show "$2:arm64/$3" | sed -n 's/^Depends: \([^ ]*\).*/\1/p' | head -n 1)
    say "fetching $package"
    rm -rf "$debian/kernel"
    mkdir -p "$debian/kernel" "$home/kernels"
    (cd "$debian/kernel" && suite_apt apt-get download -qq "$package:arm64")
    dpkg-deb --fsys-tarfile "$debian"/kernel/*.deb | tar -x -C "$debian/kernel" --wildcards './boot/vmlinuz-*'
    found=$(echo "$debian"/kernel/boot/vmlinuz-*)
    mv "$found" "$home/kernels/$1"
    rm -rf "$debian/kernel"
}

install_system() {
    if [ ! -x "$home/qemu-system" ]; then
        local qemu libraries= data=
        qemu=$(command -v qemu-system-aarch64 || true)
        if [ -z "$qemu" ]; then
            mkdir -p "$debian"/{state/lists/partial,cache/archives/partial}
            # shellcheck disable=SC2046
            unpack $(missing qemu-system-arm)
            libraries=$debian/root/usr/lib/x86_64-linux-gnu:$debian/root/lib/x86_64-linux-gnu
            qemu=$debian/root/usr/bin/qemu-system-aarch64
            data=" -L $debian/root/usr/share/qemu"
        fi
        LD_LIBRARY_PATH=$libraries "$qemu" --version >/dev/null
        wrap qemu-system "$qemu$data" "$libraries"
    fi
    mkdir -p "$debian"
    kernel linux-5.10 linux-image-arm64 bullseye
    kernel linux-6.1 linux-image-arm64 bookworm
    kernel linux-6.12-16k linux-image-arm64-16k trixie
}

# takes_plugins PROGRAM: what is linked statically, as `qemu` may be, can't.
takes_plugins() { [[ $("$1" -h 2>/dev/null) == *$'\n-plugin '* ]]; }

install_plugins() {
    [ -x "$home/qemu-aarch64" ] && [ -x "$home/qemu-x86_64" ] && return
    local bin= libraries= arch
    if ! takes_plugins qemu-aarch64 || ! takes_plugins qemu-x86_64; then
        mkdir -p "$debian"/{state/lists/partial,cache/archives/partial}
        # shellcheck disable=SC2046
        unpack $(missing qemu-user)
        bin=$debian/root/usr/bin/
        libraries=$debian/root/usr/lib/x86_64-linux-gnu:$debian/root/lib/x86_64-linux-gnu
    fi
    for arch in aarch64 x86_64; do
        wrap qemu-$arch "${bin:-$(dirname "$(command -v qemu-$arch)")/}qemu-$arch" "$libraries"
        takes_plugins "$home/qemu-$arch" || { say "qemu-$arch takes no plugins"; exit 1; }
    done
}

mkdir -p "$home"
[ $# != 0 ] || { sed -n '2,/^set/s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 2; }
for what in "$@"; do
    case $what in
        rust) install_rust ;;
        qemu) install_qemu ;;
        cc) install_cc ;;
        system) install_system ;;
        plugins) install_plugins ;;
        *) say "no such thing: $what"; exit 2 ;;
    esac
done
