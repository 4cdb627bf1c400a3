#!/bin/sh
# emulated.sh WASI_AOT TARGET EMULATOR DIRECTORY MODULE ARGS...: builds MODULE for TARGET below
# DIRECTORY, and runs the executable under EMULATOR. For `go test -exec`.
tool=$1 target=$2 emulator=$3 app=$4/app.$$
"$tool" build --quiet --target "$target" --dir / --hostname --inherit-env -o "$app" "$5" || exit
shift 5
exec "$emulator" "$app" "$@"
