"""The programs of C and Rust in ../foreign, and how they are compiled to modules."""

import os
from dataclasses import dataclass
from pathlib import Path

from . import tools

SOURCES = tools.BENCH / "foreign"


@dataclass(frozen=True)
class Program:
    """One file in ../foreign, named after the program."""

    name: str
    suffix: str

    def build(self, wasm):
        """Compiles the program into the file `wasm`. Raises Missing without a compiler."""
        wasm.parent.mkdir(parents=True, exist_ok=True)
        {".c": _c, ".rs": _rust}[self.suffix](SOURCES / f"{self.name}{self.suffix}", wasm)


PROGRAMS = [
    *(Program(name, ".c") for name in ("words", "stencil", "lz")),
    *(Program(name, ".rs") for name in ("records", "trees", "big")),
]


def _c(source, wasm):
    tools.output([tools.SETUP, "zig"])
    cache = wasm.parent / "zig"
    environment = {"ZIG_GLOBAL_CACHE_DIR": str(cache), "ZIG_LOCAL_CACHE_DIR": str(cache)}
    # zig's C library has lines for debuggers, with the checkout's path.
    flags = ["-target", "wasm32-wasi", "-O2", "-Wall", "-Wextra", "-Werror", "-Wl,--strip-debug"]
    tools.output([Path(os.path.realpath(tools.ROOT / ".venv" / "zig")), "cc", *flags, source, "-o", wasm], environment)


def _rust(source, wasm):
    tools.output([tools.SETUP, "wasip1"])
    flags = ["--edition", "2024", "--target", "wasm32-wasip1", "-C", "opt-level=3", "-C", "strip=debuginfo"]
    tools.output(["rustc", *flags, f"--remap-path-prefix={SOURCES}=", source, "-o", wasm])
