#!/usr/bin/env python3
"""Compares two wasi-aot: executed instructions and size of code of the programs that they
compile, or with --compile what compiling costs; see README.md."""

import argparse
import os
import shlex
import subprocess
import sys
from pathlib import Path
from statistics import geometric_mean

sys.dont_write_bytecode = True

# pylint: disable=wrong-import-position
from harness import cases, compiling, elf, kept, measure, report, runtimes, tools
from harness.counting import Emulator

TARGETS = ("amd64", "arm64")
# So that counts repeat: no collector, whose work depends on the clock, and no preemption.
REPEATABLE = ("--no-preempt", "--env", "GOGC=off")
KEPT_FUNCTIONS = 300  # of each program


class Side(runtimes.Ours):
    """One of both tools, for a target."""

    def __init__(self, name, tool, flags, out, target):
        super().__init__(tool.resolve(), out)
        self.name, self.target, self.digest = f"{name}-{target}", target, kept.digest(tool)
        self.flags = ["--target", f"linux/{target}", *flags]

    def flags_for(self, case, options):
        """Those of the case: its environment, and what makes its counts repeatable."""
        environment = [flag for pair in case.environment for flag in ("--env", pair)]
        return [*(() if options.gc else REPEATABLE), *environment]


def arguments():
    made = argparse.ArgumentParser(description=__doc__.split(";", maxsplit=1)[0].replace("\n", " "))
    made.add_argument("old", type=Path, metavar="OLD", help="a wasi-aot")
    made.add_argument("new", type=Path, metavar="NEW", help="another one, or the same with other flags")
    made.add_argument("--programs", default="", help="some programs, of Go, C or Rust (default: all of Go)")
    made.add_argument("--foreign", action="store_true", help="the programs of C and Rust as well")
    made.add_argument("--targets", default=",".join(TARGETS), help="default %(default)s")
    made.add_argument("--flags-old", default="", metavar="FLAGS", help="more flags of OLD's build")
    made.add_argument("--flags-new", default="", metavar="FLAGS", help='of NEW\'s, as --flags-new="--pass -NAME"')
    made.add_argument("--functions", type=int, default=0, metavar="N", help="show N functions that differ most")
    made.add_argument("--gc", action="store_true", help="with the collector and preemption; counts repeat less well")
    made.add_argument("--fresh", action="store_true", help="count NEW even if its counts are kept")
    made.add_argument("--cache", type=Path, help="where counts are kept (default: counts.json in --out)")
    made.add_argument("--compile", action="store_true", help="measure what compiling costs, count nothing")
    made.add_argument("--rounds", type=int, default=5, help="of --compile (default %(default)s)")
    made.add_argument("--jobs", type=int, default=1, help="threads and processors of --compile (default %(default)s)")
    target = Path(os.environ.get("CARGO_TARGET_DIR") or tools.ROOT / "target").resolve()
    made.add_argument("--out", type=Path, default=target / "bench-compare", help="where everything is built")
    options = made.parse_args()
    for name in ("programs", "targets"):
        setattr(options, name, getattr(options, name).replace(",", " ").split())
    if wrong := [name for name in options.targets if name not in TARGETS]:
        made.error(f"--targets: {wrong[0]!r} is none of: {' '.join(TARGETS)}")
    if options.rounds < 1 or options.jobs < 1:
        made.error("--rounds and --jobs are at least 1")
    options.out = options.out.resolve()
    options.cache = options.cache or options.out / "counts.json"
    options.paths = {"data": options.out / "data"}
    return made, options


def choose(made, options, known):
    """The cases that --programs names; without it all of Go's, with --foreign all."""
    if wrong := [name for name in options.programs if name not in [case.name for case in known]]:
        made.error(f"--programs: {wrong[0]!r} is none of: {' '.join(case.name for case in known)}")
    if options.programs:
        return [case for case in known if case.name in options.programs]
    return [case for case in known if case.is_go or options.foreign]


def sides(options, target):
    """OLD and NEW."""
    both = (("old", options.old, options.flags_old), ("new", options.new, options.flags_new))
    return [Side(name, tool, shlex.split(flags), options.out, target) for name, tool, flags in both]


def count(side, case, wasm, emulator, options):
    """The record of a run: executed instructions in all and by function, bytes of code and of the
    executable, a digest of the output. Raises Failed."""
    job, executable = case.job(wasm.relative_to(options.out), options.paths), side.artefact(case.name)
    executable.parent.mkdir(parents=True, exist_ok=True)
    compile_module([str(word) for word in side.compile_command(job, *side.flags_for(case, options))], options.out)
    counted, output = emulator.count(executable, job.arguments)
    if case.result:
        output += kept.digest(Path(case.result.format(**options.paths)))
    return {
        "instructions": counted.total(), "functions": dict(counted.most_common(KEPT_FUNCTIONS)), "output": output,
        "text": elf.sections(executable)[".text"], "file": measure.size(executable),
    }


def compile_module(command, out):
    """Runs a tool's build. Raises Failed with the first line of its message."""
    done = subprocess.run(command, cwd=out, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    if done.returncode != 0:
        lines = done.stderr.strip().splitlines() or [f"exit {done.returncode}"]
        raise measure.Failed(f"{Path(command[0]).name} build: {lines[0]}")


def counts_of(side, case, wasm, emulator, counts, options):
    """As `count`, from the kept counts if they have it."""
    flags = side.flags + side.flags_for(case, options)
    key = kept.key(case.name, side.target, side.digest, flags, kept.digest(wasm), case.arguments, emulator.version)
    record = counts.get(key)
    if record is None or (options.fresh and side.name.startswith("new")):
        measure.say(f"{case.name}: {side.name}")
        record = count(side, case, wasm, emulator, options)
        counts.put(key, record)
    return record


def one_target(target, chosen, modules, counts, options, failures):
    """case -> the records of OLD and NEW."""
    emulator = Emulator(target, tools.Go(), options.out)
    found = {}
    for case in chosen:
        try:
            old, new = (
                counts_of(side, case, modules[case], emulator, counts, options) for side in sides(options, target)
            )
        except measure.Failed as error:
            failures.append(f"{case.name}, {target}: {error}")
            continue
        if old["output"] != new["output"]:
            failures.append(f"{case.name}, {target}: NEW's output differs from OLD's")
        found[case] = (old, new)
    return found


def rows_of(found):
    """A row for each case, the geometric mean, and the largest ratio."""
    rows, ratios = [], {}
    for case, (old, new) in found.items():
        ratios[case.name] = new["instructions"] / old["instructions"]
        rows.append([
            case.name, *(report.number(record["instructions"] / 1e6, 1) for record in (old, new)),
            report.number(ratios[case.name], 4),
            *(str(record["text"]) for record in (old, new)), report.number(new["text"] / old["text"], 4),
            *(str(record["file"]) for record in (old, new)),
        ])
    texts = [new["text"] / old["text"] for old, new in found.values()]
    blank = ["", ""]
    means = report.number(geometric_mean(ratios.values()), 4), report.number(geometric_mean(texts), 4)
    rows.append([f"geometric mean of {len(rows)}", *blank, means[0], *blank, means[1], *blank])
    largest = max(ratios, key=ratios.get)
    rows.append([f"largest: {largest}", *blank, report.number(ratios[largest], 4), *blank, "", *blank])
    return rows


def tables(target, found):
    """Of the programs of Go, and of the others."""
    head = ["M instructions", "old", "new", "new / old", "old .text", "new .text", "new / old", "old file", "new file"]
    text = ""
    for title, is_go in (("Go", True), ("C and Rust", False)):
        part = {case: records for case, records in found.items() if case.is_go == is_go}
        if part:
            text += f"## {target}, {title}\n\n{report.table(head, rows_of(part))}\n"
    return text


def functions(target, found, most):
    """The functions whose counts differ most, of each case."""
    text = ""
    for case, (old, new) in found.items():
        names = old["functions"].keys() | new["functions"].keys()
        both = {name: [record["functions"].get(name, 0) for record in (old, new)] for name in names}
        ordered = sorted(both, key=lambda name: -abs(both[name][1] - both[name][0]))[:most]
        rows = [
            [f"`{name}`", *(report.number(n / 1e6, 3) for n in both[name]),
             report.number(100 * (both[name][1] - both[name][0]) / old["instructions"], 2)]
            for name in ordered if both[name][0] != both[name][1]
        ]
        if rows:
            head = [f"{case.name}, {target}", "old", "new", "% of the program"]
            text += report.table(head, rows) + "\n"
    return text


def build(chosen, options):
    """case -> module."""
    modules = {}
    for case in chosen:
        modules[case] = options.out / "wasm" / f"{case.name}.wasm"
        case.build(modules[case])
    return modules


def main():
    made, options = arguments()
    try:
        go = tools.Go()
        options.paths["goroot"] = go.root
        chosen = choose(made, options, cases.compiled(go) if options.compile else cases.counted(go))
        modules = build(chosen, options)
        cases.prepare(go, options.paths["data"])
        failures = []
        if options.compile:
            both = {target: sides(options, target) for target in options.targets}
            print(compiling.compare(go, both, modules, options, failures))
        else:
            counts = kept.Counts(options.cache)
            with measure.pinned(max(os.sched_getaffinity(0))):
                for target in options.targets:
                    found = one_target(target, chosen, modules, counts, options, failures)
                    if found:
                        print(tables(target, found), functions(target, found, options.functions), sep="", flush=True)
    except tools.Missing as error:
        sys.exit(f"bench: {error}")
    if failures:
        sys.exit("bench: " + "; ".join(failures))


if __name__ == "__main__":
    main()
