#!/usr/bin/env python3
"""Measures native Go, wasi-aot and other runtimes side by side; see README.md.

A run over everything writes RESULTS.md, results.svg, summary.svg and results.json beside
this file. A run over a part writes them to the output directory and leaves these alone.
"""

import argparse
import datetime
import json
import os
import shlex
import sys
from pathlib import Path

sys.dont_write_bytecode = True

# pylint: disable=wrong-import-position
from harness import chart, grow, machine, measure, programs, report, runtimes, tools
from harness.measure import Failed

FEWEST_ROUNDS = 5  # of a run whose results are kept
START_FACTOR = 6  # rounds of hello per round of the others: it is short
GROWTH_ROUNDS = 3


def arguments():
    target = Path(os.environ.get("CARGO_TARGET_DIR") or tools.ROOT / "target").resolve()
    names = [p.name for p in programs.PROGRAMS] + ["growth"]
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--programs", default="", help=f"some of: {' '.join(names)} (default all)")
    parser.add_argument("--runtimes", default="", help=f"some of: {' '.join(runtimes.ALL)} (default all)")
    parser.add_argument("--rounds", type=int, default=FEWEST_ROUNDS, help="measured runs of each (default %(default)s)")
    parser.add_argument(
        "--own", metavar="NAME=DIRECTORY", action="append", default=[],
        help="measure the Go program in DIRECTORY instead, as NAME (may be given several times)",
    )
    parser.add_argument("--own-arguments", metavar="WORDS", default="", help="what each program of --own is given")
    parser.add_argument("--own-read", metavar="DIRECTORY", action="append", default=[],
                        help="a directory that each program of --own may read")
    parser.add_argument("--redraw", action="store_true",
                        help="write RESULTS.md and the plots again from results.json; measure nothing")
    built = target / "release" / "wasi-aot"
    parser.add_argument("--wasi-aot", type=Path, default=built)
    parser.add_argument("--out", type=Path, default=target / "bench", help="where everything is built")
    options = parser.parse_args()
    options.own = [own(parser, options, text) for text in options.own]
    options.programs = [] if options.own else chosen(parser, options.programs, names)
    options.runtimes = chosen(parser, options.runtimes, runtimes.ALL)
    if options.rounds < 1:
        parser.error("--rounds: at least 1")
    options.wasi_aot, options.out = options.wasi_aot.resolve(), options.out.resolve()
    options.built = built.resolve()
    options.complete = (
        options.programs == names and options.runtimes == runtimes.ALL and options.rounds >= FEWEST_ROUNDS
    )
    return options


def chosen(parser, words, known):
    """The named ones in the order of `known`; all when nothing is named."""
    words = words.replace(",", " ").split()
    for word in words:
        if word not in known:
            parser.error(f"{word!r} is none of: {' '.join(known)}")
    return [k for k in known if k in words] or list(known)


def own(parser, options, text):
    """The program that `--own NAME=DIRECTORY` names."""
    name, equals, directory = text.partition("=")
    # The name is that of files in the output directory.
    if not equals or not name.replace("-", "").replace("_", "").isalnum():
        parser.error(f"--own {text!r}: write NAME=DIRECTORY, with letters and digits in NAME")
    if not Path(directory).is_dir():
        parser.error(f"--own {text!r}: {directory} is no directory")
    # Placeholders are filled in later, so braces of the user's are doubled.
    words = tuple(word.replace("{", "{{").replace("}", "}}") for word in shlex.split(options.own_arguments))
    read = tuple(str(Path(place).resolve()) for place in options.own_read)
    return programs.Program(name, programs.OWN, ".", words, read, directory=Path(directory).resolve())


def prepare(program, go, out, wants_native):
    """Builds a program natively and for wasip1, and fills its placeholders in."""
    places = {"data": out / "data", "goroot": go.root}
    wasm = out / "wasm" / f"{program.name}.wasm"
    if wants_native:
        go.build(program.package, out / "native" / program.name, directory=program.directory)
    go.build(program.package, wasm, tools.WASM, directory=program.directory)
    if program.name == "lines":
        programs.lines_file(out / "data" / "lines.txt")
    lists = (program.arguments, program.read, program.write)
    filled = (tuple(text.format(**places) for text in texts) for texts in lists)
    return runtimes.Job(program.name, wasm.relative_to(out), *filled)


def one_program(program, launcher, go, found, options, failures):
    """Everything about one program, as it goes into results.json."""
    measure.say(f"{program.name}: build")
    job = prepare(program, go, options.out, any(r.name == "native" for r in found))
    entry = {"name": program.name, "group": program.group, "compile": {}, "size": {}, "commands": {}}
    entry["size"]["wasm"] = measure.size(options.out / job.wasm)
    ready = []
    for runtime in found:
        try:
            cost = measure.compile_once(launcher, runtime, job)
        except Failed as error:
            failures.append(f"{program.name}, {runtime.name}: does not compile: {error}")
            continue
        ready.append(runtime)
        if cost:
            entry["compile"][runtime.name] = [cost]
        if runtime.artefact(program.name):
            entry["size"][runtime.name] = measure.size(runtime.artefact(program.name))
        entry["commands"][runtime.name] = [
            # A tool by its name: where it is installed is nobody's business.
            [Path(command[0]).name if str(command[0]).startswith("/") else str(command[0])]
            + [str(word) for word in command[1:]]
            for command in (runtime.compile_command(job), runtime.run_command(job))
            if command
        ]
    if program.group == programs.START:
        stripped(entry, job, launcher, go, ready, options.out)
    rounds = options.rounds * (START_FACTOR if program.group == programs.START else 1)
    measure.say(f"{program.name}: {rounds} rounds of {' '.join(r.name for r in ready)}")
    with measure.pinned(options.core):
        entry["runs"] = measure.compare(launcher, ready, job, rounds, failures)
    return entry


def stripped(entry, job, launcher, go, ready, out):
    """Sizes without symbols, of what can do without."""
    if "native" in [r.name for r in ready]:
        small = out / "native-stripped"
        go.build("bench/programs/hello", small, flags=["-ldflags=-s -w"])
        entry["size"]["native stripped"] = measure.size(small)
    for runtime in ready:
        if runtime.name == "ours":
            launcher.run(runtime.compile_command(job, "--strip"))
            entry["size"]["ours stripped"] = measure.size(runtime.artefact(job.name))
            # The one that is measured has its symbols.
            launcher.run(runtime.compile_command(job))


def write(results, options):
    place = tools.BENCH if options.complete else options.out / "results"
    place.mkdir(parents=True, exist_ok=True)
    (place / "results.json").write_text(json.dumps(results, indent=1) + "\n")
    text = draw(results, place)
    if not options.complete:
        print(text)
    measure.say(f"written: {place}/RESULTS.md, results.json and the plots")


def draw(results, place):
    """Writes what people read; returns the text."""
    # Programs of --own are compared in tables alone: the plots show the CPU-bound group.
    if report.in_group(results, programs.CPU) and "native" in results["versions"]:
        (place / "results.svg").write_text(chart.svg(results))
        (place / "summary.svg").write_text(chart.summary(results))
    text = report.markdown(results)
    (place / "RESULTS.md").write_text(text)
    return text


def main():
    options = arguments()
    if options.redraw:
        draw(json.loads((tools.BENCH / "results.json").read_text()), tools.BENCH)
        return
    try:
        go = tools.Go()
    except tools.Missing as error:
        sys.exit(f"bench: {error}")
    for directory in ("tools", "data/small"):
        (options.out / directory).mkdir(parents=True, exist_ok=True)
    found, missing = runtimes.find(options.runtimes, go, options.wasi_aot, options.out)
    for name, reason in missing.items():
        measure.say(f"skipped: {name}: {reason}")
    if not found:
        sys.exit("bench: no runtime left to measure")
    launcher = measure.Launcher(go, options.out)
    # The last core: the first one gets more of the machine's interrupts.
    options.core = max(os.sched_getaffinity(0))
    failures = []
    results = {
        "date": datetime.date.today().isoformat(),
        "machine": machine.describe(),
        "load": os.getloadavg()[0],
        "core": options.core,
        "rounds": options.rounds,
        "start_rounds": options.rounds * START_FACTOR,
        # Only `make build`'s own product is known to be of this commit.
        "revision": tools.revision() if options.wasi_aot == options.built else None,
        "go": go.version,
        "versions": {r.name: r.version for r in found},
        "missing": missing,
        "peak_floor": launcher.floor,
        "paths": {str(options.out): "$OUT", str(go.root): "$GOROOT", str(tools.ROOT): "$REPOSITORY"},
        "programs": [
            one_program(p, launcher, go, found, options, failures)
            for p in [*programs.PROGRAMS, *options.own]
            if p.name in options.programs or p in options.own
        ],
        "growth": [],
        "failures": failures,
    }
    if "growth" in options.programs:
        rounds = min(options.rounds, GROWTH_ROUNDS)
        results["growth"] = grow.grow(launcher, go, found, options.out, rounds, failures)
    report.shorten(results)
    write(results, options)
    for failure in failures:
        measure.say(f"FAILED {failure}")
    # A peer that crashes is a result; one of ours is a defect.
    peers = tuple(f", {name}: " for name in runtimes.PEERS)
    sys.exit(0 if all(any(peer in f for peer in peers) for f in failures) else 1)


if __name__ == "__main__":
    main()
