"""The command line that scripts which run some groups of programs share."""

import argparse
import os
from pathlib import Path

from . import programs, tools


def parser(description, groups, out):
    """With the programs of `groups`, the tool, and a directory `out` below the target's."""
    target = Path(os.environ.get("CARGO_TARGET_DIR") or tools.ROOT / "target").resolve()
    made = argparse.ArgumentParser(description=description.splitlines()[0])
    made.add_argument("--programs", default=" ".join(names(groups)), help="some of: %(default)s (default all)")
    made.add_argument("--wasi-aot", type=Path, default=target / "release" / "wasi-aot")
    made.add_argument("--out", type=Path, default=target / out, help="where everything is built")
    return made


def parse(made, groups):
    """The options; `complete` says whether the programs are all of `groups`."""
    options = made.parse_args()
    options.programs = options.programs.replace(",", " ").split()
    for word in options.programs:
        if word not in names(groups):
            made.error(f"--programs: {word!r} is none of: {' '.join(names(groups))}")
    options.wasi_aot, options.out = options.wasi_aot.resolve(), options.out.resolve()
    options.complete = sorted(options.programs) == sorted(names(groups))
    return options


def names(groups):
    return [p.name for p in programs.PROGRAMS if p.group in groups]
