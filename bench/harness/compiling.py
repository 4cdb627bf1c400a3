"""What compiling costs two wasi-aot: processor time and the peak of resident memory."""

import os
from statistics import median

from . import measure, report

# hello's compilation is short, and so are the clock's ticks in it.
MORE_ROUNDS = {"hello": 6}


def compare(go, sides, modules, options, failures):
    """A table. `sides` is target -> OLD and NEW, `modules` case -> module."""
    (options.out / "tools").mkdir(parents=True, exist_ok=True)
    launcher = measure.Launcher(go, options.out)
    rows = []
    with measure.pinned(*sorted(os.sched_getaffinity(0))[-options.jobs :]):
        for target, both in sides.items():
            for case, wasm in modules.items():
                job = case.job(wasm.relative_to(options.out), options.paths)
                rounds = options.rounds * MORE_ROUNDS.get(case.name, 1)
                measure.say(f"{case.name}, {target}: {rounds} rounds")
                try:
                    costs = alternate(launcher, both, job, rounds, options.jobs)
                except measure.Failed as error:
                    failures.append(f"{case.name}, {target}: {error}")
                    continue
                rows.append([f"{case.name}, {target}", *row(*costs), *(
                    str(measure.size(side.artefact(case.name))) for side in both
                )])
    head = [
        f"{options.rounds} rounds, {options.jobs} threads", "old CPU s", "new CPU s", "new / old", "middle half",
        "old peak MiB", "new peak MiB", "old file", "new file",
    ]
    return report.table(head, rows)


def alternate(launcher, sides, job, rounds, jobs):
    """The costs of both: one run of each in a round, the first of a round is the second of the
    next."""
    costs = [[], []]
    for turn in range(-1, rounds):
        for index in ((0, 1), (1, 0))[turn % 2]:
            side = sides[index]
            side.artefact(job.name).parent.mkdir(parents=True, exist_ok=True)
            cost = launcher.run(side.compile_command(job, "-j", str(jobs)))
            # The first round reads the files into the kernel's cache.
            if turn >= 0:
                costs[index].append(cost)
    return costs


def row(old, new):
    """The medians of both, of the rounds' ratios with the middle half of them, and the peaks."""
    times = [[cost["user"] + cost["system"] for cost in costs] for costs in (old, new)]
    ratios = sorted(after / before for before, after in zip(*times))
    quarter = len(ratios) // 4
    return [
        *(report.number(median(part), 3) for part in times), report.number(median(ratios), 3),
        f"{ratios[quarter]:.3f}-{ratios[-1 - quarter]:.3f}",
        *(report.number(max(cost["peak"] for cost in costs) / report.MIB, 1) for costs in (old, new)),
    ]
