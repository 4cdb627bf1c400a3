#!/usr/bin/env python3
"""Measures what each level of --cpu gains; see README.md. A run over everything writes
CPU.md beside this file, a run over a part prints it."""

import datetime
import json
import os
import sys
from statistics import geometric_mean, median

sys.dont_write_bytecode = True

# pylint: disable=wrong-import-position
from harness import machine, measure, programs, report, runtimes, tools
from harness.options import parse, parser

GROUPS = (programs.CPU, programs.CRYPTO)
FEWEST_ROUNDS = 5  # of a run whose results are kept


class Level(runtimes.Ours):
    """wasi-aot for a processor of this level."""

    def __init__(self, tool, out, level):
        super().__init__(tool, out)
        self.name, self.flags = level, ["--cpu", level]


def arguments():
    flags = parser(__doc__, GROUPS, "bench-cpu")
    flags.add_argument("--rounds", type=int, default=FEWEST_ROUNDS, help="measured runs of each (default %(default)s)")
    options = parse(flags, GROUPS)
    options.complete = options.complete and options.rounds >= FEWEST_ROUNDS
    return options


def levels(tool):
    """The default level, and the levels that this machine has, the last of them all
    that it has."""
    targets = json.loads(tools.output([tool, "targets", "--json"]))["targets"]
    cpu = next(t["cpu"] for t in targets if t["default"])
    has = set(features(cpu, cpu["native"]))
    known = [level["name"] for level in cpu["levels"] if set(level["features"]) <= has]
    return cpu["default"], [*known, *([cpu["native"]] if cpu["native"] not in known else [])]


def features(cpu, spec):
    """All that a --cpu names."""
    level, *more = spec.split(",")
    return [*next(known["features"] for known in cpu["levels"] if known["name"] == level), *more]


def one_program(program, launcher, go, found, options, failures):
    """Name, group, and per level the bytes of code and the costs of its runs."""
    measure.say(f"{program.name}: build")
    wasm = options.out / "wasm" / f"{program.name}.wasm"
    go.build(program.package, wasm, tools.WASM)
    job = runtimes.Job(program.name, wasm.relative_to(options.out), (), (), ())
    code = {}
    for level in found:
        measure.compile_once(launcher, level, job)
        inspected = tools.output([options.wasi_aot, "inspect", "--json", level.artefact(job.name)])
        code[level.name] = json.loads(inspected)["sizes"]["code"]
    measure.say(f"{program.name}: {options.rounds} rounds")
    with measure.pinned(options.core):
        runs = measure.compare(launcher, found, job, options.rounds, failures)
    return {"name": program.name, "group": program.group, "code": code, "runs": runs}


def paired(program, level, default):
    """CPU time of a level as a multiple of the default one's: the median of the rounds'
    ratios, in each of which both ran within seconds."""
    times = [[cost["user"] + cost["system"] for cost in program["runs"][name]] for name in (level, default)]
    return median(ours / base for ours, base in zip(*times))


def markdown(results, names, default, options, tool):
    shown = [f"{name} (default)" if name == default else name for name in names]
    rows = []
    for program in results:
        base = report.cpu(program["runs"][default])
        rows.append([program["name"], report.number(base, 3), *(
            report.number(paired(program, name, default), 3) for name in names
        )])
    counted = [p for p in results if p["group"] == programs.CPU]
    means = [geometric_mean(paired(p, name, default) for p in counted) for name in names]
    rows.append([f"geometric mean of {len(counted)} without sha256", "", *(report.number(m, 3) for m in means)])
    sizes = [geometric_mean(p["code"][name] / p["code"][default] for p in results) for name in names]
    rows.append(["size of code", "", *(report.number(size, 3) for size in sizes)])
    return (
        "# What each level of --cpu gains\n\n"
        f"Written by `bench/cpu.py --rounds {options.rounds}` on {datetime.date.today().isoformat()}: "
        f"{tool}, commit {tools.revision()}; {tools.Go().version}; {machine.describe()}, "
        f"load {os.getloadavg()[0]:.1f} at the end.\n\n"
        f"CPU time as a multiple of that at {default}: the median of the rounds' ratios; in a\n"
        "round each level runs once, on one core. Smaller is faster.\n\n"
        + report.table(["", "seconds", *shown], rows)
    )


def main():
    options = arguments()
    go = tools.Go()
    (options.out / "tools").mkdir(parents=True, exist_ok=True)
    launcher = measure.Launcher(go, options.out)
    options.core = max(os.sched_getaffinity(0))
    default, names = levels(options.wasi_aot)
    found = [Level(options.wasi_aot, options.out, name) for name in names]
    failures = []
    results = [
        one_program(program, launcher, go, found, options, failures)
        for program in programs.PROGRAMS
        if program.name in options.programs
    ]
    if failures:
        sys.exit("bench: " + "; ".join(failures))
    text = markdown(results, names, default, options, found[0].version)
    print(text)
    if options.complete:
        (tools.BENCH / "CPU.md").write_text(text)
    (options.out / "results.json").write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
