"""Finds, fetches and names the tools: Go, wasi-aot, wasmtime, wazero, node."""

import os
import re
import shutil
import subprocess
from pathlib import Path

BENCH = Path(__file__).resolve().parent.parent
ROOT = BENCH.parent
SETUP = ROOT / "tests" / "setup.sh"
SETUP_AARCH64 = ROOT / "tests" / "setup-aarch64.sh"
WAZERO = "v1.12.0"

# No configuration of the user's gets into what is built.
GO_ENV = {"GOENV": "off", "GOTOOLCHAIN": "local", "GOFLAGS": "-buildvcs=false", "GOWORK": "off"}
WASM = "wasip1/wasm"


class Missing(Exception):
    """A tool that can't be had; the message says why."""


def output(command, env=None, cwd=None):
    """What a command prints. Raises Missing, with its last line of error, when it fails."""
    try:
        done = subprocess.run(
            [str(c) for c in command], env={**os.environ, **(env or {})}, cwd=cwd,
            capture_output=True, text=True, check=False,
        )
    except OSError as error:
        raise Missing(f"{command[0]}: {error.strerror}") from error
    if done.returncode != 0:
        reason = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise Missing(f"{Path(command[0]).name} {command[1]}: {reason}")
    return done.stdout.strip()


def revision():
    """The commit that is measured, with a + when files differ from it; None outside
    a git work tree."""
    try:
        commit = output(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT)
        return commit + ("+" if output(["git", "status", "--porcelain", "-uno"], cwd=ROOT) else "")
    except Missing:
        return None


class Go:
    """The Go that tests/setup.sh pins as the newest."""

    def __init__(self):
        version = re.search(r"^GO_NEWEST=(\S+)", SETUP.read_text(), re.M).group(1)
        output([SETUP, "go", version])
        # The real directory: it is granted to programs, and a link inside a path
        # would lead out of what is granted.
        self.root = Path(os.path.realpath(ROOT / ".venv" / f"go-{version}"))
        self.command = self.root / "bin" / "go"
        self.version = output([self.command, "version"], GO_ENV)

    def build(self, package, result, target=None, flags=(), directory=BENCH):
        """Builds `package` of the module in `directory` into the file `result`, for this machine or for a target as
        Go names it (linux/arm64). A failure here ends the run."""
        env = {**GO_ENV, **(dict(zip(("GOOS", "GOARCH"), target.split("/"))) if target else {})}
        result.parent.mkdir(parents=True, exist_ok=True)
        output([self.command, "build", *flags, "-o", result, package], env, directory)


def wasmtime():
    """The wasmtime that tests/setup.sh pins."""
    output([SETUP, "tools"])
    return Path(os.path.realpath(ROOT / ".venv" / "wasmtime"))


def emulator(architecture):
    """The emulator for programs of one of Go's architectures that loads plugins."""
    output([SETUP_AARCH64, "plugins"])
    name = {"amd64": "x86_64", "arm64": "aarch64"}[architecture]
    return ROOT / ".venv" / "aarch64" / f"qemu-{name}"


def wazero(go, tools):
    """wazero's command, built from source into `tools` unless it is there."""
    found = tools / f"wazero-{WAZERO}" / "wazero"
    if not found.exists():
        module = f"github.com/tetratelabs/wazero/cmd/wazero@{WAZERO}"
        # GOFLAGS and the like stay the user's: this one uses the network.
        output([go.command, "install", module], {"GOBIN": str(found.parent), "GOTOOLCHAIN": "local"}, tools)
    return found


def node():
    """The node on PATH; its WASI takes the version since Node 18.17 and 20."""
    found = shutil.which("node")
    if not found:
        raise Missing("no node on PATH")
    major = int(output([found, "--version"]).lstrip("v").split(".")[0])
    if major < 20:
        raise Missing(f"node {major} is too old, 20 is needed")
    return Path(found)
