"""The programs that are measured: names, groups, arguments and grants."""

from dataclasses import dataclass
from pathlib import Path

from .tools import BENCH

# Groups. Only CPU counts for the headline; sha256 is left out of it, since native
# Go uses the processor's SHA instructions there.
CPU = "cpu"
CRYPTO = "crypto"
START = "start"
IO = "io"
REAL = "real"
OWN = "own"  # of the user's, by `run.py --own`

TITLES = {
    CPU: "CPU-bound programs",
    CRYPTO: "CPU-bound, with instructions of their own in native Go (not in the headline)",
    START: "Start-up",
    IO: "Input and output",
    REAL: "Larger real programs",
    OWN: "Programs of your own",
}


@dataclass(frozen=True)
class Program:
    """One program.

    `package` is what `go build` is given in `directory`. `arguments`, `read` (directories granted
    for reading) and `write` (for reading and writing) may hold the placeholders
    {data} (the harness's directory of inputs) and {goroot}.
    """

    name: str
    group: str
    package: str
    arguments: tuple = ()
    read: tuple = ()
    write: tuple = ()
    directory: Path = BENCH


def _bench(name, group, arguments=(), read=(), write=()):
    return Program(name, group, f"bench/programs/{name}", arguments, read, write)


PROGRAMS = [
    *(
        _bench(name, CPU)
        for name in (
            "nbody spectral fannkuch mandelbrot matrix bintrees wordmap sorts json regex "
            "gz imgproc logparse chans pidigits template"
        ).split()
    ),
    _bench("sha256", CRYPTO),
    _bench("hello", START),
    _bench("lines", IO, ("{data}/lines.txt",), read=("{data}",)),
    _bench("smallfiles", IO, ("{data}/small",), write=("{data}/small",)),
    Program("gofmt", REAL, "cmd/gofmt", ("{goroot}/src/net/http",), read=("{goroot}",)),
    _bench("gotypes", REAL, ("{goroot}",), read=("{goroot}",)),
]

# What the growth table compiles, smallest first: (name, package).
GROWTH = [
    ("hello", "bench/programs/hello"),
    ("gofmt", "cmd/gofmt"),
    ("vet", "cmd/vet"),
    ("compile", "cmd/compile"),
]


def lines_file(path, size=500_000_000):
    """Writes the input of `lines` unless it is there: `size` bytes, the same on
    every machine."""
    if path.exists() and path.stat().st_size == size:
        return
    state, block = 1, bytearray()
    while len(block) < 1 << 20:
        # Numerical Recipes' 32-bit linear congruential generator.
        state = (state * 1664525 + 1013904223) & 0xFFFFFFFF
        words = (b"%x" % (state >> 8 * (i % 3)) for i in range(1 + (state >> 24) % 16))
        block += b" ".join(words) + b"\n"
    part = path.with_suffix(".part")
    with part.open("wb") as out:
        left = size
        while left > 0:
            left -= out.write(block[:left])
    part.rename(path)
