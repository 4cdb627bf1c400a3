"""Counts executed instructions under an emulator, by function."""

import hashlib
import os
import re
import subprocess
from bisect import bisect_right
from collections import Counter

from . import tools
from .measure import TIMEOUT, Failed

# What Rust's compiler puts behind a name; it differs from target to target.
RUST_HASH = re.compile(r"17h[0-9a-f]{16}E$")


class Emulator:
    """Runs programs of one of Go's architectures, in `out`."""

    def __init__(self, architecture, go, out):
        self.go, self.out = go, out
        self.command = tools.emulator(architecture)
        self.version = tools.output([self.command, "--version"]).splitlines()[0]
        self.plugin, self.random = self.library("count"), self.library("random")

    def library(self, name):
        """A file of ../count, compiled."""
        made = self.out / "tools" / f"{name}.so"
        made.parent.mkdir(parents=True, exist_ok=True)
        source = tools.BENCH / "count" / f"{name}.c"
        tools.output(["cc", "-O2", "-Wall", "-Wextra", "-shared", "-fPIC", source, "-o", made, "-ldl"])
        return made

    def count(self, executable, arguments=()):
        """Executed instructions by function, and a digest of what the program wrote.
        Raises Failed."""
        blocks = self.out / "blocks"
        blocks.unlink(missing_ok=True)
        # All features that the emulator knows: both kinds of programs ask for them. The random
        # numbers are the same in each run.
        options = ["-cpu", "max", "-seed", "1", "-U", "LD_PRELOAD", "-plugin", f"{self.plugin},out={blocks}"]
        command = [self.command, *options, executable, *arguments]
        environment = {**os.environ, "LD_PRELOAD": str(self.random)}
        try:
            done = subprocess.run(
                command, cwd=self.out, env=environment, timeout=TIMEOUT,
                capture_output=True, check=False, stdin=subprocess.DEVNULL,
            )
        except subprocess.TimeoutExpired as error:
            raise Failed(f"{executable.name}: not done after {TIMEOUT} s") from error
        except OSError as error:
            raise Failed(f"{self.command.name}: {error.strerror}") from error
        if done.returncode != 0:
            words = done.stderr.decode(errors="replace").strip().splitlines()
            raise Failed(f"{executable.name}: exit {done.returncode}: {words[0] if words else 'no message'}")
        return self.by_function(executable, blocks), hashlib.sha256(done.stdout).hexdigest()

    def by_function(self, executable, blocks):
        symbols = self.functions(executable)
        starts = [start for start, _ in symbols]
        counts = Counter()
        for line in blocks.read_text().splitlines():
            address, instructions, runs = line.split()
            found = bisect_right(starts, int(address, 16)) - 1
            name = symbols[found][1] if found >= 0 else "outside of all functions"
            counts[name] += int(instructions) * int(runs)
        return counts

    def functions(self, executable):
        """Addresses and names, in order."""
        # Go's nm reads every architecture's. A name may have spaces.
        lines = tools.output([self.go.command, "tool", "nm", executable], tools.GO_ENV).splitlines()
        fields = [line.split(maxsplit=2) for line in lines]
        return sorted(
            (int(f[0], 16), RUST_HASH.sub("E", f[2])) for f in fields if len(f) == 3 and f[1] in "Tt"
        )
