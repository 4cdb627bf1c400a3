#!/usr/bin/env bash
# Puts the tools for aarch64 on an x86-64 machine under .venv/aarch64/. Safe to run again:
# installed tools are left alone, and a failed step leaves nothing behind.
#
#   tests/setup-aarch64.sh rust    a Rust compiler with aarch64's standard library
#   tests/setup-aarch64.sh qemu    an emulator for programs of aarch64
#   tests/setup-aarch64.sh cc      a linker and a C library for wasi-aot itself
#   tests/setup-aarch64.sh system  an emulator for machines of aarch64, and kernels
#   tests/setup-aarch64.sh pages   a kernel with pages of 64 KiB, built from source: takes
#                                  10 minutes of two processors and 2 GB of disk
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
# Rust comes from the toolchain in use if it has the target or rustup can add it. Otherwise
# Rust comes from Debian's packages, as the emulators do. The packages are unpacked there
# and change nothing on the machine.
set -euo pipefail

TRIPLE=aarch64-unknown-linux-gnu

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
home=$root/.venv/aarch64
debian=$home/debian
libraries=$debian/root/usr/lib/x86_64-linux-gnu:$debian/root/lib/x86_64-linux-gnu

say() { echo "setup-aarch64: $*" >&2; }

fail() {
    say "$*"
    exit 1
}

# try WHAT COMMAND...: runs the command. If it fails, prints one line with the reason and exits.
try() {
    local what=$1 said
    shift
    said=$("$@" 2>&1 >/dev/null) && return
    fail "$what failed: $(grep -m 1 '^E:' <<<"$said" || tail -n 1 <<<"$said")"
}

# private_apt TOOL ARGUMENT...: one of apt's tools with lists and cache of our own, for
# packages of both architectures.
private_apt() {
    local tool=$1
    shift
    command -v "$tool" >/dev/null || fail "$tool is missing: this needs Debian, or by hand what ${BASH_SOURCE[0]} says"
    mkdir -p "$debian"/{state/lists/partial,cache/archives/partial}
    "$tool" -o Dir::State="$debian/state" -o Dir::Cache="$debian/cache" \
        -o APT::Architectures::=amd64 -o APT::Architectures::=arm64 \
        -o APT::Sandbox::User= -o Acquire::Languages=none "$@"
}

# update: fetches private_apt's lists, once in a run.
update() {
    [ -n "${updated:-}" ] && return
    try "reading the lists of packages" private_apt apt-get update -qq
    updated=1
}

# download APT PACKAGE...: downloads the packages into $work/packages, which is emptied first.
download() {
    local apt=$1
    shift
    say "fetching $*"
    rm -rf "$work"/packages
    mkdir "$work"/packages
    cd "$work"/packages
    try "fetching packages" "$apt" apt-get download -qq "$@"
    cd "$root"
}

# unpack PACKAGE...: unpacks the newest versions of this machine's Debian into $debian/root.
unpack() {
    [ $# = 0 ] && return
    update
    download private_apt "$@"
    mkdir -p "$debian/root"
    for package in "$work"/packages/*.deb; do
        try "unpacking ${package##*/}" dpkg-deb -x "$package" "$debian/root"
    done
}

# missing PACKAGE...: prints the packages and their dependencies that aren't installed on
# this machine. Needs `update` first.
missing() {
    local plan
    plan=$(private_apt apt-get install -s --no-install-recommends "$@" 2>&1) ||
        fail "Debian can't install $*: $(grep -m 1 '^E:' <<<"$plan")"
    sed -n 's/^Inst \([^ ]*\).*/\1/p' <<<"$plan"
}

# unpack_all PACKAGE...: unpacks the packages and the dependencies that this machine lacks.
unpack_all() {
    local packages
    update
    packages=$(missing "$@")
    # shellcheck disable=SC2086
    unpack $packages
}

# works COMMAND...: fails if the command can't run with the unpacked libraries.
works() { LD_LIBRARY_PATH=$libraries try "running $1" "$@"; }

# knows RUSTC: whether it has the target's core library.
knows() { compgen -G "$("$1" --print target-libdir --target $TRIPLE 2>/dev/null)/libcore-*.rlib" >/dev/null; }

# wrap NAME PROGRAM [ARGUMENTS]: makes .venv/aarch64/NAME, which runs the program. An unpacked
# program runs with the unpacked libraries. The file finds them beside itself, so that .venv can be
# moved. The file appears by one rename, so it always means a finished install.
wrap() {
    local line="exec $2${3:+ $3}" beside='"${0%/*}"'
    [[ $2 == "$debian"/* ]] && line="LD_LIBRARY_PATH=$libraries $line"
    printf '#!/bin/sh\n%s "$@"\n' "${line//"$home"/$beside}" >"$work/$1"
    chmod +x "$work/$1"
    mv "$work/$1" "$home/$1"
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
    local rustc=$debian/root/usr/bin/rustc
    works "$rustc" --version
    LD_LIBRARY_PATH=$libraries knows "$rustc" || fail "the packages do not hold $TRIPLE"
    wrap rustc "$rustc"
}

install_qemu() {
    [ -x "$home/qemu" ] && return
    local qemu
    qemu=$(command -v qemu-aarch64-static || command -v qemu-aarch64 || true)
    if [ -z "$qemu" ]; then
        unpack qemu-user-static
        qemu=$debian/root/usr/bin/qemu-aarch64-static
    fi
    try "running $qemu" "$qemu" --version
    # No wrapper: a shell would add to the environment of the program.
    ln -s "$qemu" "$work/qemu"
    mv -T "$work/qemu" "$home/qemu"
}

install_cc() {
    [ -x "$home/cc" ] && return
    local bin
    if command -v aarch64-linux-gnu-gcc >/dev/null; then
        bin=$(dirname "$(command -v aarch64-linux-gnu-gcc)")
    else
        unpack_all gcc-aarch64-linux-gnu
        unpack libc6-dev-arm64-cross
        bin=$debian/root/usr/bin
        works "$bin/aarch64-linux-gnu-gcc" --version
    fi
    wrap ar "$bin/aarch64-linux-gnu-ar"
    wrap cc "$bin/aarch64-linux-gnu-gcc"
}

# suite_apt TOOL ARGUMENT...: private_apt for other Debian suites, from this machine's mirror.
suite_apt() {
    local tool=$1
    shift
    mkdir -p "$debian/suites/lists/partial"
    private_apt "$tool" -o Dir::State="$debian/suites" -o Dir::Etc::SourceParts=/dev/null \
        -o Dir::Etc::SourceList="$debian/suites.list" "$@"
}

# update_suites: fetches suite_apt's lists, once in a run.
update_suites() {
    [ -n "${updated_suites:-}" ] && return
    local site
    site=$(private_apt apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Label: Debian' 'Component: main' | head -n 1)
    [ -n "$site" ] || fail "this machine has no Debian suite to take kernels from"
    for suite in bullseye bookworm trixie; do
        echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $site $suite main"
    done >"$debian/suites.list"
    try "reading the lists of Debian's suites" suite_apt apt-get update -qq
    updated_suites=1
}

# kernel NAME PACKAGE SUITE: what the meta-package stands for there.
kernel() {
    [ -e "$home/kernels/$1" ] && return
    update_suites
    local package
    package=$(suite_apt apt-cache show "$2:arm64/$3" | sed -n 's/^Depends: \([^ ]*\).*/\1/p' | head -n 1)
    [ -n "$package" ] || fail "Debian $3 has no $2"
    download suite_apt "$package:arm64"
    dpkg-deb --fsys-tarfile "$work"/packages/*.deb | tar -x -C "$work/packages" --wildcards './boot/vmlinuz-*'
    mkdir -p "$home/kernels"
    mv "$work"/packages/boot/vmlinuz-* "$home/kernels/$1"
}

install_system() {
    if [ ! -x "$home/qemu-system" ]; then
        local qemu data=
        qemu=$(command -v qemu-system-aarch64 || true)
        if [ -z "$qemu" ]; then
            unpack_all qemu-system-arm
            qemu=$debian/root/usr/bin/qemu-system-aarch64
            data="-L $debian/root/usr/share/qemu"
        fi
        works "$qemu" --version
        wrap qemu-system "$qemu" "$data"
    fi
    kernel linux-5.10 linux-image-arm64 bullseye
    kernel linux-6.1 linux-image-arm64 bookworm
    kernel linux-6.12-16k linux-image-arm64-16k trixie
}

install_pages() {
    [ -e "$home/kernels/linux-6.1-64k" ] && return
    for tool in make gcc perl xz; do
        command -v $tool >/dev/null || fail "$tool is missing; install it"
    done
    install_cc
    unpack_all flex bison bc
    update_suites
    download suite_apt linux-source-6.1/bookworm
    dpkg-deb --fsys-tarfile "$work"/packages/*.deb | tar -x -C "$work/packages" --wildcards './usr/src/*.tar.xz'
    mkdir -p "$home/kernels"
    (
        # The build uses the unpacked programs, their libraries and data.
        unpacked=$debian/root/usr
        export PATH=$unpacked/bin:$PATH LD_LIBRARY_PATH=$libraries
        [ -x "$unpacked/bin/m4" ] && export M4=$unpacked/bin/m4
        [ -x "$unpacked/bin/bison" ] && export BISON_PKGDATADIR=$unpacked/share/bison
        tests/kernel/pages.sh "$work"/packages/usr/src/linux-source-6.1.tar.xz "$work/pages" "$home/kernels/linux-6.1-64k"
    ) || exit 1
}

# takes_plugins PROGRAM: whether it can load plugins. A static program, as `qemu` may be, can't.
takes_plugins() { [[ $("$1" -h 2>/dev/null) == *$'\n-plugin '* ]]; }

install_plugins() {
    takes_plugins "$home/qemu-aarch64" && takes_plugins "$home/qemu-x86_64" && return
    local bin arch
    if takes_plugins qemu-aarch64 && takes_plugins qemu-x86_64; then
        bin=$(dirname "$(command -v qemu-aarch64)")
    else
        [ -x "$debian/root/usr/bin/qemu-x86_64" ] || unpack_all qemu-user
        bin=$debian/root/usr/bin
    fi
    for arch in aarch64 x86_64; do
        LD_LIBRARY_PATH=$libraries takes_plugins "$bin/qemu-$arch" || fail "qemu-$arch takes no plugins"
        wrap qemu-$arch "$bin/qemu-$arch"
    done
}

[ $# != 0 ] || { sed -n '2,/^set/s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 2; }
mkdir -p "$debian"
cd "$root"
work=$(mktemp -d "$debian/work.XXXXXX")
trap 'rm -rf "$work"' EXIT
for what in "$@"; do
    case $what in
        rust) install_rust ;;
        qemu) install_qemu ;;
        cc) install_cc ;;
        system) install_system ;;
        pages) install_pages ;;
        plugins) install_plugins ;;
        *) fail "no such thing: $what" ;;
    esac
done
