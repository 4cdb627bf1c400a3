"""Runs commands through launch/ and takes their times: pinned to one core,
alternating between the runtimes, after a warm-up, with outputs compared."""

import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

TIMEOUT = 900  # seconds; the slowest program takes about half a minute


def say(text):
    print(text, file=sys.stderr, flush=True)


@contextlib.contextmanager
def pinned(*cores):
    """Within it this process, and what it starts, stays on these cores."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


class Failed(Exception):
    """A command that ended with another code than 0."""


class Launcher:
    """Starts commands in `out` and reads what they cost."""

    def __init__(self, go, out):
        self.out = out
        self.command = out / "tools" / "launch"
        self.stdout = out / "stdout"
        go.build("bench/launch", self.command)
        # The least that "peak memory" can be: the launcher's own.
        self.floor = self.run([shutil.which("true")])["peak"]

    def run(self, command):
        """The cost of one run: seconds of wall, user and system time, `peak` bytes
        resident, and `output`, a digest of what it wrote. Raises Failed."""
        command = [str(c) for c in command]
        shown = " ".join([Path(command[0]).name, *command[1:]])
        try:
            done = subprocess.run(
                [str(self.command), str(self.stdout), *command], cwd=self.out, timeout=TIMEOUT,
                capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL,
            )
        except subprocess.TimeoutExpired as error:
            raise Failed(f"{shown}: not done after {TIMEOUT} s") from error
        if done.returncode != 0:
            raise Failed(done.stderr.strip())
        cost = json.loads(done.stdout)
        if cost["exit"] != 0:
            words = Path(f"{self.stdout}.err").read_text(errors="replace").strip().splitlines()
            raise Failed(f"{shown}: exit {cost['exit']}: {words[0] if words else 'no message'}")
        cost["output"] = hashlib.sha256(self.stdout.read_bytes()).hexdigest()
        return cost


def compile_once(launcher, runtime, job):
    """Compiles `job` from nothing, on all cores; the cost, or None where a runtime
    compiles nothing beforehand."""
    command = runtime.compile_command(job)
    if command is None:
        return None
    artefact = runtime.artefact(job.name)
    remove(artefact)
    artefact.parent.mkdir(parents=True, exist_ok=True)
    cost = launcher.run(command)
    del cost["output"]
    return cost


def remove(path):
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def size(path):
    """Bytes of a file, or of all files below a directory."""
    if path.is_dir():
        return sum(f.stat().st_size for f in path.rglob("*") if f.is_file())
    return path.stat().st_size


def compare(launcher, runtimes, job, rounds, failures):
    """runtime -> list of costs, for the runtimes that gave the same output as the
    first; what went wrong with the others is added to `failures`."""
    runs, expected = {}, None
    for runtime in runtimes:
        try:
            cost = launcher.run(runtime.run_command(job))
        except Failed as error:
            failures.append(f"{job.name}, {runtime.name}: {error}")
            continue
        expected = expected or (runtime.name, cost["output"])
        if cost["output"] != expected[1]:
            failures.append(f"{job.name}, {runtime.name}: output differs from that of {expected[0]}")
            continue
        runs[runtime.name] = []
    living = [r for r in runtimes if r.name in runs]
    for turn in range(rounds):
        # Each round starts with another runtime, so that none always follows the
        # same neighbour.
        shift = turn % max(len(living), 1)
        for runtime in living[shift:] + living[:shift]:
            measure(launcher, runtime, job, expected[1], runs[runtime.name], failures)
    return {name: costs for name, costs in runs.items() if costs}


def measure(launcher, runtime, job, expected, costs, failures):
    try:
        cost = launcher.run(runtime.run_command(job))
    except Failed as error:
        failures.append(f"{job.name}, {runtime.name}: {error}")
        return
    if cost.pop("output") != expected:
        failures.append(f"{job.name}, {runtime.name}: output changed between runs")
        return
    costs.append(cost)
