"""How the cost of compiling grows with the module: time, memory, size of output."""

from . import measure, tools
from .measure import Failed
from .programs import GROWTH
from .runtimes import Job


def grow(launcher, go, runtimes, out, rounds, failures):
    """One row per module: name, bytes of the module, and per runtime that compiles
    beforehand the costs of `rounds` compilations and the bytes it made."""
    rows = []
    for name, package in GROWTH:
        wasm = out / "growth" / f"{name}.wasm"
        measure.say(f"growth: {name}")
        go.build(package, wasm, tools.WASM)
        job = Job(f"grow-{name}", wasm.relative_to(out), (), (), ())
        row = {"name": name, "package": package, "wasm": measure.size(wasm), "compile": {}, "size": {}}
        for _ in range(rounds):
            for runtime in runtimes:
                once(launcher, runtime, job, row, failures)
        rows.append(row)
    return rows


def once(launcher, runtime, job, row, failures):
    try:
        cost = measure.compile_once(launcher, runtime, job)
    except Failed as error:
        failures.append(f"growth, {row['name']}, {runtime.name}: {error}")
        return
    if cost:
        row["compile"].setdefault(runtime.name, []).append(cost)
        row["size"][runtime.name] = measure.size(runtime.artefact(job.name))
