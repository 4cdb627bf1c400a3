"""How each runtime compiles a program and runs it.

A runtime offers `version`, `artefact(name)` (the file it makes of NAME.wasm),
`compile_command(job)` (None: nothing is compiled beforehand) and `run_command(job)`.
Commands are run in the harness's output directory.
"""

from dataclasses import dataclass
from pathlib import Path

from . import tools
from .tools import BENCH, Missing, output

ALL = ["native", "ours", "ours-plain", "wasmtime", "wazero", "node"]
PEERS = ALL[3:]


@dataclass(frozen=True)
class Job:
    """A program with its placeholders filled in; `wasm` is its module."""

    name: str
    wasm: Path
    arguments: tuple
    read: tuple
    write: tuple


class Native:
    """`go build` for this machine."""

    name = "native"

    def __init__(self, go, out):
        self.version, self.out = go.version, out

    def artefact(self, name):
        return self.out / "native" / name

    def compile_command(self, job):
        return None

    def run_command(self, job):
        return [self.artefact(job.name), *job.arguments]


class Ours:
    """wasi-aot. `plain` uses nothing it knows of Go."""

    def __init__(self, tool, out, plain=False):
        self.name = "ours-plain" if plain else "ours"
        self.tool, self.out = tool, out
        self.flags = ["--no-go-opt"] if plain else []
        if not tool.exists():
            raise Missing(f"{tool} is missing; run make build")
        if plain and "--no-go-opt" not in output([tool, "build", "--help"]):
            raise Missing("this wasi-aot has no --no-go-opt")
        self.version = output([tool, "--version"])

    def artefact(self, name):
        return self.out / self.name / name

    def compile_command(self, job, *flags):
        grants = [f for d in job.read for f in ("--dir-ro", d)]
        grants += [f for d in job.write for f in ("--dir", d)]
        return [self.tool, "build", *self.flags, *flags, *grants, job.wasm, "-o", self.artefact(job.name)]

    def run_command(self, job):
        return [self.artefact(job.name), *job.arguments]


class Wasmtime:
    """wasmtime, compiled beforehand; defaults otherwise."""

    name = "wasmtime"

    def __init__(self, out):
        self.tool, self.out = tools.wasmtime(), out
        self.version = output([self.tool, "--version"])

    def artefact(self, name):
        return self.out / self.name / f"{name}.cwasm"

    def compile_command(self, job):
        return [self.tool, "compile", job.wasm, "-o", self.artefact(job.name)]

    def run_command(self, job):
        grants = [f for d in (*job.read, *job.write) for f in ("--dir", f"{d}::{d}")]
        return [self.tool, "run", "--allow-precompiled", *grants, self.artefact(job.name), *job.arguments]


class Wazero:
    """wazero's compiler, with a filled cache."""

    name = "wazero"

    def __init__(self, go, out):
        directory = out / "tools"
        directory.mkdir(parents=True, exist_ok=True)
        self.tool, self.out = tools.wazero(go, directory), out
        # `wazero version` prints "dev" for a build from source.
        self.version = f"wazero {tools.WAZERO}"

    def artefact(self, name):
        """The cache: a directory of its own per program."""
        return self.out / self.name / name

    def compile_command(self, job):
        return [self.tool, "compile", f"-cachedir={self.artefact(job.name)}", job.wasm]

    def run_command(self, job):
        grants = [f"-mount={d}:{d}:ro" for d in job.read] + [f"-mount={d}:{d}" for d in job.write]
        cache = f"-cachedir={self.artefact(job.name)}"
        return [self.tool, "run", cache, *grants, job.wasm, *job.arguments]


class Node:
    """node:wasi. V8 compiles in every run; it keeps no code on disk here."""

    name = "node"

    def __init__(self):
        self.tool = tools.node()
        self.version = "node " + output([self.tool, "--version"])

    def artefact(self, name):
        return None

    def compile_command(self, job):
        return None

    def run_command(self, job):
        grants = [f for d in (*job.read, *job.write) for f in ("--dir", d)]
        runner = BENCH / "node_wasi.mjs"
        return [self.tool, "--no-warnings", runner, job.wasm, *grants, "--", *job.arguments]


def find(wanted, go, wasi_aot, out):
    """The runtimes of `wanted` that can be had, and for the others name -> reason."""
    makers = {
        "native": lambda: Native(go, out),
        "ours": lambda: Ours(wasi_aot, out),
        "ours-plain": lambda: Ours(wasi_aot, out, plain=True),
        "wasmtime": lambda: Wasmtime(out),
        "wazero": lambda: Wazero(go, out),
        "node": Node,
    }
    found, missing = [], {}
    for name in wanted:
        try:
            found.append(makers[name]())
        except Missing as reason:
            missing[name] = str(reason)
    return found, missing
