"""RESULTS.md from the raw figures of results.json."""

from statistics import geometric_mean, median

from . import programs

MIB = 2**20
LABELS = {
    "native": "native Go", "ours": "wasi-aot", "ours-plain": "wasi-aot --no-go-opt",
    "wasmtime": "wasmtime", "wazero": "wazero", "node": "node",
}


def shorten(results):
    """Takes this machine's directories out of every text in the results."""
    # Longest first: one may lie inside another.
    paths = sorted(results.pop("paths").items(), key=lambda p: -len(p[0]))

    def clean(value):
        if isinstance(value, str):
            for path, name in paths:
                value = value.replace(path, name)
        elif isinstance(value, list):
            value[:] = [clean(v) for v in value]
        elif isinstance(value, dict):
            value.update({k: clean(v) for k, v in value.items()})
        return value

    clean(results)


def wall(costs):
    return median(c["wall"] for c in costs)


def cpu(costs):
    return median(c["user"] + c["system"] for c in costs)


def peak(costs):
    return median(c["peak"] for c in costs)


def ratios(results, runtime, base, of=wall, groups=(programs.CPU,)):
    """name -> `of` the runtime / `of` the base, where both ran."""
    return {
        p["name"]: of(p["runs"][runtime]) / of(p["runs"][base])
        for p in results["programs"]
        if p["group"] in groups and runtime in p["runs"] and base in p["runs"]
    }


def mean_of(results, runtime, base, of=wall):
    """Geometric mean over the headline programs, or None."""
    values = ratios(results, runtime, base, of)
    return geometric_mean(values.values()) if values else None


def number(value, digits=2):
    return "-" if value is None else f"{value:.{digits}f}"


def table(head, rows):
    """A Markdown table; columns but the first are right-aligned."""
    lines = ["| " + " | ".join(head) + " |", "|---|" + "---:|" * (len(head) - 1)]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def in_group(results, group):
    return [p for p in results["programs"] if p["group"] == group]


def headline(results):
    rows = []
    for runtime in results["versions"]:
        if runtime == "native":
            continue
        to_native = ratios(results, runtime, "native")
        worst = max(to_native, key=to_native.get) if to_native else None
        rows.append([
            LABELS[runtime],
            number(mean_of(results, runtime, "native")),
            number(mean_of(results, runtime, "native", cpu)),
            number(mean_of(results, runtime, "wasmtime")),
            f"{worst} {to_native[worst]:.2f}" if worst else "-",
        ])
    count = len(in_group(results, programs.CPU))
    return (
        f"## Headline\n\nGeometric means over {count} CPU-bound programs; 1.00 is native Go "
        "(in the third column wasmtime), smaller is faster.\n\n"
        + table(["", "time / native", "CPU time / native", "time / wasmtime", "slowest / native"], rows)
        + "\n![Run time as a multiple of native Go](results.svg)\n"
    )


def times(results, group):
    """Seconds of native Go, multiples for the others."""
    others = [r for r in results["versions"] if r != "native"]
    head = ["", "native s", *(LABELS[r] for r in others), "wasi-aot / wasmtime", "spread"]
    rows = []
    for p in in_group(results, group):
        runs = p["runs"]
        base = wall(runs["native"]) if "native" in runs else None
        row = [p["name"], number(base, 3)]
        for r in others:
            if r not in runs:
                row.append("-")
            else:
                row.append(number(wall(runs[r]) / base) if base else f"{wall(runs[r]):.3f} s")
        both = "ours" in runs and "wasmtime" in runs
        row.append(number(wall(runs["ours"]) / wall(runs["wasmtime"])) if both else "-")
        row.append(f"{100 * spread(runs):.0f}%")
        rows.append(row)
    return f"## {programs.TITLES[group]}\n\n" + table(head, rows) if rows else ""


def spread(runs):
    """How far apart the middle half of a runtime's times lies, relative to their
    median; the largest of all runtimes."""
    worst = 0.0
    for costs in runs.values():
        walls = sorted(c["wall"] for c in costs)
        n = len(walls)
        worst = max(worst, (walls[(3 * n) // 4 if n > 1 else 0] - walls[n // 4]) / wall(costs))
    return worst


def start(results):
    rows = [
        [LABELS[r], f"{1e3 * wall(c):.2f}", f"{1e3 * cpu(c):.2f}", f"{peak(c) / MIB:.1f}",
         number(wall(c) / wall(p["runs"]["native"])) if "native" in p["runs"] else "-"]
        for p in in_group(results, programs.START) for r, c in p["runs"].items()
    ]
    head = ["hello", "wall ms", "CPU ms", "peak MiB", "wall / native"]
    return "## Start-up\n\nThe whole process, from fork to exit.\n\n" + table(head, rows) if rows else ""


def memory(results):
    names = list(results["versions"])
    rows = [
        [p["name"], *(f"{peak(p['runs'][r]) / MIB:.1f}" if r in p["runs"] else "-" for r in names)]
        for p in results["programs"]
    ]
    floor = results["peak_floor"] / MIB
    return (
        f"## Peak memory\n\nResident MiB; {floor:.1f} is the least that can be told.\n\n"
        + table(["", *(LABELS[r] for r in names)], rows)
    )


def compiling(rows, names):
    """Rows of wall s / CPU s / peak MiB for the runtimes that compile beforehand."""
    out = []
    for entry in rows:
        cells = []
        for r in names:
            c = entry["compile"].get(r)
            cells.append(f"{wall(c):.2f} / {cpu(c):.2f} / {peak(c) / MIB:.0f}" if c else "-")
        out.append(cells)
    return out


def compilers(rows):
    return [r for r in LABELS if any(r in e["compile"] for e in rows)]


def compile_times(results):
    entries = results["programs"]
    names = compilers(entries)
    if not names:
        return ""
    rows = [[e["name"], *cells] for e, cells in zip(entries, compiling(entries, names))]
    return (
        "## Compile time\n\nOnce each, on all cores: wall s / CPU s / peak MiB.\n\n"
        + table(["", *(LABELS[r] for r in names)], rows)
    )


def sizes(results):
    columns = ["wasm", *results["versions"], "native stripped", "ours stripped"]
    columns = [c for c in columns if any(c in p["size"] for p in results["programs"])]
    label = {"wasm": "module", "ours stripped": "wasi-aot stripped", **LABELS}
    rows = [
        [p["name"], *(f"{p['size'][c] / 1e6:.2f}" if c in p["size"] else "-" for c in columns)]
        for p in results["programs"]
    ]
    return (
        "## Size\n\nMegabytes (10^6 bytes): the module, the executable, wasmtime's .cwasm, wazero's cache.\n\n"
        + table(["", *(label.get(c, c) for c in columns)], rows)
    )


def growth(results):
    entries = results["growth"]
    if not entries:
        return ""
    names = compilers(entries)
    rows = []
    for entry, cells in zip(entries, compiling(entries, names)):
        row = [entry["package"].removeprefix("bench/programs/"), f"{entry['wasm'] / 1e6:.1f}"]
        for r, cell in zip(names, cells):
            row.append(f"{cell} / {entry['size'][r] / 1e6:.1f}" if cell != "-" else "-")
        rows.append(row)
    return (
        "## How cost grows with the module\n\nCompile wall s / CPU s / peak MiB / output MB, on all cores; medians of up to three.\n\n"
        + table(["", "module MB", *(LABELS[r] for r in names)], rows)
    )


def conditions(results):
    others = {r: v for r, v in results["versions"].items() if r not in ("native", "ours-plain")}
    commit = f" (commit {results['revision']})" if results["revision"] else ""
    versions = [v + commit if r == "ours" else v for r, v in others.items()]
    lines = [
        "## Conditions", "",
        f"- Date: {results['date']}. Machine: {results['machine']}.",
        f"- Pinned to core {results['core']}; load average at the start {results['load']:.1f}.",
        f"- {results['rounds']} rounds (of hello {results['start_rounds']}), runtimes alternating, "
        "after one warm-up; medians.",
        f"- Go for native and for wasip1: {results['go']}.",
        *(f"- {v}." for v in versions),
        *(f"- Skipped: {LABELS[r]}: {why}." for r, why in results["missing"].items()),
        "- Outputs were equal in all runs." if not results["failures"] else "- **Failed:**",
        *(f"  - {failure}" for failure in results["failures"]),
        "- Spread: how far apart the middle half of the times lies, of the runtime where it is widest.",
        "- What native Go, wasi-aot, wasmtime and wazero start has been compiled beforehand; node compiles in every run.",
    ]
    return "\n".join(lines) + "\n"


def command_line(runtime, program, words):
    """What can be typed in the output directory: tools by their names, and a compiled
    program by its path there."""
    first = words[0].rsplit("/", 1)[-1]
    if first == program:
        first = f"./{runtime}/{program}"
    return " ".join([first, *words[1:]]).replace("$OUT/", "")


def commands(results):
    lines = ["## Command lines", "", "In the output directory; `$GOROOT` is that of the Go above.", ""]
    lines += ["```text", "go build -o native/NAME PACKAGE"]
    lines += ["GOOS=wasip1 GOARCH=wasm go build -o wasm/NAME.wasm PACKAGE", ""]
    for p in results["programs"]:
        lines += [command_line(r, p["name"], c) for r, both in p["commands"].items() for c in both] + [""]
    return "\n".join(lines).rstrip() + "\n```\n"


def markdown(results):
    parts = [
        "# Results\n\nWritten by `make bench`; [README.md](README.md) says what is measured and how.\n",
        headline(results) if in_group(results, programs.CPU) else "",
        times(results, programs.CPU), times(results, programs.CRYPTO), start(results),
        times(results, programs.IO), times(results, programs.REAL), times(results, programs.OWN),
        memory(results) if results["programs"] else "",
        compile_times(results), sizes(results) if results["programs"] else "",
        growth(results), conditions(results), commands(results) if results["programs"] else "",
    ]
    return "\n".join(part for part in parts if part)
