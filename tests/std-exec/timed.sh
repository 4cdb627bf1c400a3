#!/usr/bin/env bash
# timed.sh FILE COMMAND...: runs COMMAND and writes to FILE what `times` says; the
# second line is COMMAND's processor time, user's and system's: 0m1.234s 0m0.056s
file=$1
shift
"$@"
code=$?
times >"$file"
exit "$code"
