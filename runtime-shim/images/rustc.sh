#!/bin/sh
# rustc for cargo's RUSTC_WRAPPER, with a `-C metadata` that doesn't depend on
# the directory that the sources are in: rustc orders functions by it.
rustc=$1
shift
for argument do
    shift
    case $argument in
        metadata=*) argument=metadata=$CARGO_PKG_NAME-$CARGO_PKG_VERSION ;;
    esac
    set -- "$@" "$argument"
done
exec "$rustc" "$@"
