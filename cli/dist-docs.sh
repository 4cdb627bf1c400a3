#!/usr/bin/env bash
# Puts the documents of a release into a directory: cli/dist-docs.sh DIRECTORY.
#
# These are the documents for users. A link to a file that isn't packed becomes an absolute
# link to that file in the repository at this version. `tests/docs/archive.rs` follows the
# links of the result.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

directory=$(realpath "$1")
field() { sed -n "s/^$1 = \"\(.*\)\"$/\1/p" Cargo.toml | head -n 1; }
files=$(field repository)/blob/v$(field version)

cp README.md CHANGELOG.md SECURITY.md LICENSE "$directory/"
mkdir -p "$directory/bench"
cp bench/*.svg "$directory/bench/"
for tree in docs examples; do
    if [ -d $tree ]; then cp -R $tree "$directory/"; fi
done

cd "$directory"
# Directories inside an example hold the files that the example works with.
find . -name '*.md' -not -path './examples/*/*/*' -print0 | while IFS= read -r -d '' document; do
    below=$(dirname "${document#./}")
    # The targets of `](target)`, without anchors. The pattern skips web addresses, which have
    # a colon, and links within the document, which have nothing before `#`.
    grep -o '](\([^)#: ]\+\)' "$document" | sed 's/^](//' | sort -u | while IFS= read -r target; do
        if [ ! -e "$below/$target" ]; then
            path=$(realpath --canonicalize-missing --relative-to=. "$below/$target")
            sed -i "s|](\(${target//./\\.}\)\([)#]\)|]($files/$path\2|g" "$document"
        fi
    done || true
done
