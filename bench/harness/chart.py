"""The plots: results.svg (all programs) and summary.svg (the mean and five programs).

Each bar goes from 1 (as fast as native Go) to a runtime's multiple of native Go's time,
on a logarithmic scale. The thin line over a bar spans the middle half of its runs.
"""

import math
from statistics import median

from . import programs
from .report import LABELS, mean_of, ratios

# Readable on white and apart for colour-blind eyes (Okabe and Ito).
COLOURS = {
    "ours": "#0072b2", "ours-plain": "#56b4e9", "wasmtime": "#e69f00", "wazero": "#009e73", "node": "#cc79a7",
}
SUMMARY_RUNTIMES = ("ours", "wasmtime", "wazero")
# One per kind of work: loops, calls and allocation, tables of functions, goroutines, maps.
SUMMARY_PROGRAMS = ("fannkuch", "json", "regex", "chans", "wordmap")
WIDTH, LEFT, RIGHT, TOP, BOTTOM = 760, 124, 50, 64, 62
BAR, GAP = 9, 9
MEAN = "geometric mean"


def svg(results):
    """All programs and runtimes. Programs that the mean leaves out come last, apart."""
    names = [r for r in results["versions"] if r in COLOURS]
    mean = [row for row in [mean_row(results, names)] if any(row[1].values())]
    return draw(results, names, mean + rows(results, names, programs.CPU), rows(results, names, programs.CRYPTO))


def summary(results):
    """The geometric mean and five programs, for the README."""
    names = [r for r in SUMMARY_RUNTIMES if r in results["versions"]]
    chosen = [row for row in rows(results, names, programs.CPU) if row[0] in SUMMARY_PROGRAMS]
    return draw(results, names, [mean_row(results, names), *chosen], [])


def mean_row(results, names):
    return (MEAN, {r: mean_of(results, r, "native") for r in names}, {})


def rows(results, names, group):
    """(label, runtime -> multiple, runtime -> (low, high)) of each program of a group."""
    multiples = {r: ratios(results, r, "native", groups=(group,)) for r in names}
    return [
        (p["name"], {r: multiples[r].get(p["name"]) for r in names}, quartiles(p, names))
        for p in results["programs"]
        if any(p["name"] in multiples[r] for r in names)
    ]


def quartiles(program, names):
    """Where the middle half of a runtime's runs lies, as multiples of native's median."""
    base = median(c["wall"] for c in program["runs"]["native"])
    spans = {}
    for name in names:
        walls = sorted(c["wall"] / base for c in program["runs"].get(name, []))
        if len(walls) > 3:
            spans[name] = (walls[len(walls) // 4], walls[(3 * len(walls)) // 4])
    return spans


def draw(results, names, counted, apart):
    values = [v for _, row, _ in counted + apart for v in row.values() if v]
    scale = Scale(min([0.9, *values]), max([8.0, *values]))
    step = len(names) * BAR + GAP
    between = step // 2 if apart else 0
    height = TOP + (len(counted) + len(apart)) * step + between + BOTTOM
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        'font-family="sans-serif" font-size="11" fill="#222">',
        f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>',
        '<text x="10" y="20" font-size="14" font-weight="bold">Run time, native Go = 1 '
        "(further left is faster)</text>",
        *legend(names), *grid(scale, height), *footer(results, names, height),
    ]
    y = TOP + GAP / 2
    for label, row, spans in counted:
        parts += group(label, row, spans, y, scale, bold=label == MEAN)
        y += step
    if apart:
        parts.append(
            f'<text x="{LEFT}" y="{y + between - GAP:.1f}" font-size="9">not in the mean: '
            "native Go has instructions of its own for this program</text>"
        )
        y += between
    for label, row, spans in apart:
        parts += group(label, row, spans, y, scale, bold=False)
        y += step
    return "\n".join([*parts, "</svg>"]) + "\n"


class Scale:
    """Maps a multiple to a horizontal position."""

    def __init__(self, low, high):
        self.low, self.high = math.log(low), math.log(high)

    def __call__(self, value):
        part = (math.log(value) - self.low) / (self.high - self.low)
        return LEFT + part * (WIDTH - LEFT - RIGHT)

    def ticks(self):
        return [t for t in (0.25, 0.5, 1, 1.5, 2, 3, 4, 6, 8, 16, 32, 64, 128)
                if self.low <= math.log(t) <= self.high]


def legend(names):
    parts, x = [], 10
    for name in names:
        parts.append(f'<rect x="{x}" y="32" width="10" height="10" fill="{COLOURS[name]}"/>')
        parts.append(f'<text x="{x + 14}" y="41">{LABELS[name]}</text>')
        x += 30 + 7 * len(LABELS[name])
    return parts


def grid(scale, height):
    parts = []
    for tick in scale.ticks():
        x, colour = scale(tick), "#444" if tick == 1 else "#ddd"
        parts.append(f'<line x1="{x:.1f}" y1="{TOP - 6}" x2="{x:.1f}" y2="{height - BOTTOM}" stroke="{colour}"/>')
        parts.append(f'<text x="{x:.1f}" y="{height - BOTTOM + 14}" text-anchor="middle">{tick:g}</text>')
    middle = (LEFT + WIDTH - RIGHT) / 2
    parts.append(
        f'<text x="{middle}" y="{height - BOTTOM + 30}" text-anchor="middle">'
        "times native Go's run time (logarithmic)</text>"
    )
    return parts


def footer(results, names, height):
    """Where, when and with which versions the times were measured."""
    versions = [results["versions"][n].split(" (")[0] for n in names if n != "ours-plain"]
    go = results["go"].removeprefix("go version ").split()[0]
    text = " · ".join([results["date"], results["machine"].split(", Linux")[0], go, *versions])
    return [f'<text x="10" y="{height - 12}" font-size="9" fill="#666">{text}</text>']


def group(label, row, spans, y, scale, bold):
    """The bars of one program."""
    weight = ' font-weight="bold"' if bold else ""
    middle = y + len(row) * BAR / 2 + 4
    parts = [f'<text x="{LEFT - 8}" y="{middle:.1f}" text-anchor="end"{weight}>{label}</text>']
    for index, (name, value) in enumerate(row.items()):
        if not value:
            continue
        here, one, top = scale(value), scale(1), y + index * BAR
        parts.append(
            f'<rect x="{min(here, one):.1f}" y="{top:.1f}" width="{max(abs(here - one), 1):.1f}" '
            f'height="{BAR - 1}" fill="{COLOURS[name]}"/>'
        )
        end = max(here, one)
        if name in spans:
            low, high = (scale(v) for v in spans[name])
            line = top + (BAR - 1) / 2
            parts.append(f'<line x1="{low:.1f}" y1="{line:.1f}" x2="{high:.1f}" y2="{line:.1f}" stroke="#222"/>')
            end = max(end, high)
        parts.append(f'<text x="{end + 3:.1f}" y="{top + BAR - 1:.1f}" font-size="9"{weight}>{value:.2f}</text>')
    return parts
