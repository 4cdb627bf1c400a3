#!/usr/bin/env python3
"""Counts executed instructions of arm64 beside those of amd64; see README.md. A run over
everything writes AARCH64.md beside this file, a run over a part prints it."""

import datetime
import json
import os
import sys
from statistics import geometric_mean

sys.dont_write_bytecode = True

# pylint: disable=wrong-import-position
from harness import measure, programs, report, runtimes, tools
from harness.counting import Emulator
from harness.options import parse, parser

GROUPS = (programs.CPU, programs.CRYPTO, programs.START)
ARCHITECTURES = ("arm64", "amd64")
HOTTEST = 6  # functions shown of each program, at most
LEAST = 0.01  # of the program, for a function to be shown


class Native(runtimes.Native):
    """`go build` for an architecture."""

    def __init__(self, go, out, architecture):
        super().__init__(go, out)
        self.name, self.architecture = f"native-{architecture}", architecture

    def artefact(self, name):
        return self.out / self.name / name


class Ours(runtimes.Ours):
    """wasi-aot for an architecture."""

    def __init__(self, tool, out, architecture):
        super().__init__(tool, out)
        self.name, self.architecture = f"ours-{architecture}", architecture
        self.flags = ["--target", f"linux/{architecture}"]


def build(program, go, found, out):
    """Executables of a program by all of `found`."""
    measure.say(f"{program.name}: build")
    wasm = out / "wasm" / f"{program.name}.wasm"
    go.build(program.package, wasm, tools.WASM)
    job = runtimes.Job(program.name, wasm.relative_to(out), (), (), ())
    for runtime in found:
        runtime.artefact(program.name).parent.mkdir(parents=True, exist_ok=True)
        command = runtime.compile_command(job)
        if command:
            tools.output(command, cwd=out)
        else:
            go.build(program.package, runtime.artefact(program.name), f"linux/{runtime.architecture}")


def one_program(program, go, found, emulators, options, failures):
    """Name, group, and per runtime what its functions executed."""
    build(program, go, found, options.out)
    counts, expected = {}, None
    for runtime in found:
        measure.say(f"{program.name}: {runtime.name}")
        try:
            with measure.pinned(options.core):
                counted, output = emulators[runtime.architecture].count(runtime.artefact(program.name))
        except measure.Failed as error:
            failures.append(f"{program.name}, {runtime.name}: {error}")
            continue
        expected = expected or output
        # Native Go fuses x*y + z on arm64, which changes last digits of floats.
        if output != expected and runtime.name != "native-arm64":
            failures.append(f"{program.name}, {runtime.name}: output differs from that of {found[0].name}")
        counts[runtime.name] = counted
    return {"name": program.name, "group": program.group, "counts": counts}


def ratios(counts):
    """arm64 / amd64 of ours and of native Go, ours / native Go on arm64 and on amd64."""
    total = {name: counted.total() for name, counted in counts.items()}
    return [
        total["ours-arm64"] / total["ours-amd64"], total["native-arm64"] / total["native-amd64"],
        total["ours-arm64"] / total["native-arm64"], total["ours-amd64"] / total["native-amd64"],
    ]


def millions(count):
    return report.number(count / 1e6, 1 if count >= 1e7 else 3)


def totals(results, found):
    rows = []
    for program in results:
        counts = program["counts"]
        rows.append([
            program["name"], *(millions(counts[r.name].total()) for r in found),
            *(report.number(ratio) for ratio in ratios(counts)),
        ])
    counted = [ratios(p["counts"]) for p in results if p["group"] == programs.CPU]
    if counted:
        means = [geometric_mean(column) for column in zip(*counted)]
        rows.append([f"geometric mean of {len(counted)} CPU-bound", *[""] * len(found), *map(report.number, means)])
    head = [
        "", *(r.name for r in found),
        "ours: arm64 / amd64", "native: arm64 / amd64", "arm64: ours / native", "amd64: ours / native",
    ]
    return report.table(head, rows)


def hottest(program, found):
    """The functions that execute most in ours, on one of both."""
    counts = program["counts"]
    arm64, amd64 = (counts[f"ours-{a}"] for a in ARCHITECTURES)
    least = LEAST * min(arm64.total(), amd64.total())
    rows = []
    for name, most in (arm64 | amd64).most_common(HOTTEST):
        if most >= least:
            ratio = arm64[name] / amd64[name] if amd64[name] else None
            rows.append([f"`{name}`", *(millions(counts[r.name][name]) for r in found), report.number(ratio)])
    return f"### {program['name']}\n\n" + report.table(["", *(r.name for r in found), "ours: arm64 / amd64"], rows)


def markdown(results, found, emulators, revision):
    return (
        "# Executed instructions of arm64 beside amd64\n\n"
        f"Written by `bench/counts.py` on {datetime.date.today().isoformat()}: {found[0].version}, commit {revision}; "
        f"{tools.Go().version}; {emulators[ARCHITECTURES[0]].version}.\n\n"
        "Millions of instructions of a whole run under an emulator, in one thread at a time. A\n"
        "`rep movs` or `rep stos` of amd64 counts once for each unit that it moves. For sha256\n"
        "native Go has instructions of the processor's; the emulator has arm64's only.\n\n"
        + totals(results, found)
        + "\n## Hottest functions\n\nMillions, without what they call. A function that has nothing in "
        "native Go is inlined\nthere, has another name, or doesn't exist.\n\n"
        + "\n".join(hottest(program, found) for program in results)
    )


def main():
    options = parse(parser(__doc__, GROUPS, "bench-counts"), GROUPS)
    try:
        go = tools.Go()
        emulators = {a: Emulator(a, go, options.out) for a in ARCHITECTURES}
        found = [Ours(options.wasi_aot, options.out, a) for a in ARCHITECTURES]
    except tools.Missing as error:
        sys.exit(f"bench: {error}")
    found += [Native(go, options.out, a) for a in ARCHITECTURES]
    options.core = max(os.sched_getaffinity(0))
    revision, failures = tools.revision(), []
    results = [
        one_program(program, go, found, emulators, options, failures)
        for program in programs.PROGRAMS
        if program.name in options.programs
    ]
    if failures:
        sys.exit("bench: " + "; ".join(failures))
    text = markdown(results, found, emulators, revision)
    print(text)
    if options.complete:
        (tools.BENCH / "AARCH64.md").write_text(text)
    (options.out / "results.json").write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
