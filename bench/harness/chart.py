"""results.svg: run time as a multiple of native Go, on a logarithmic scale."""

import math

from . import programs
from .report import LABELS, mean_of, ratios

# Readable on white and apart for colour-blind eyes (Okabe and Ito).
COLOURS = {
    "ours": "#0072b2", "ours-plain": "#56b4e9", "wasmtime": "#e69f00", "wazero": "#009e73", "node": "#cc79a7",
}
WIDTH, LEFT, RIGHT, TOP, BOTTOM = 760, 124, 50, 64, 34
BAR, GAP = 9, 9


def svg(results):
    names = [r for r in results["versions"] if r in COLOURS]
    groups = (programs.CPU, programs.CRYPTO)
    by_runtime = {r: ratios(results, r, "native", groups=groups) for r in names}
    rows = [p["name"] for p in results["programs"] if any(p["name"] in by_runtime[r] for r in names)]
    bars = [(row, {r: by_runtime[r].get(row) for r in names}) for row in rows]
    if rows:
        bars.insert(0, ("geometric mean", {r: mean_of(results, r, "native") for r in names}))
    values = [v for _, row in bars for v in row.values() if v]
    scale = Scale(min([0.9, *values]), max([8.0, *values]))
    step = len(names) * BAR + GAP
    height = TOP + len(bars) * step + BOTTOM
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        'font-family="sans-serif" font-size="11" fill="#222">',
        f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>',
        '<text x="10" y="20" font-size="14" font-weight="bold">Run time as a multiple of native Go '
        "(logarithmic, shorter is faster)</text>",
        *legend(names), *grid(scale, height),
    ]
    for index, (label, row) in enumerate(bars):
        parts += group(label, row, TOP + index * step + GAP / 2, scale, bold=index == 0)
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
        parts.append(f'<text x="{x:.1f}" y="{height - BOTTOM + 16}" text-anchor="middle">{tick:g}</text>')
    return parts


def group(label, row, y, scale, bold):
    """The bars of one program, each from 1 (native Go) to its value."""
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
        parts.append(f'<text x="{max(here, one) + 3:.1f}" y="{top + BAR - 1:.1f}" font-size="9"{weight}>{value:.2f}</text>')
    return parts
