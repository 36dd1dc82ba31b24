"""Moves a cost model from each machine to each other with few samples, and says what that is worth.

    python bench/transfer.py [data/MACHINE.csv...] [-o docs/transfer.md]

For each pair of files, for shares of the second's rows and five seeds: a model of the first is corrected by the samples
(convopt.transfer) and judged on layers that neither has seen. Beside it stand the model as it is, one of the samples
alone, and a fixed order of choices. What -o names keeps its text up to the line <!-- bench/transfer.py -->; tables
follow it and a plot beside it, MACHINES.svg. Eight minutes of one core for two machines of 16,000 rows together.
"""

import argparse
import itertools
import os
import sys
import time
from pathlib import Path

# Before numpy: more threads than matrices this small need.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "python"), str(ROOT / "bench")]

import numpy as np  # noqa: E402

import transfer_methods as methods  # noqa: E402
from convopt.plots import save_svg  # noqa: E402
from convopt.profile_features import families  # noqa: E402
from convopt.samples import read_samples  # noqa: E402

MARK = "<!-- bench/transfer.py -->"
SHARES = (0.001, 0.01, 0.05, 0.25)
FOLDS = 5
# Two rounds are for those who can measure little.
MOST_TWICE = 1000
COLOURS = {"source": "#999999", "fixed order": "#d9a441", "samples alone": "#7f9f4f", "corrected": "#c0392b"}
COLOURS |= {"corrected, two rounds": "#2c5f8a"}
# Shown in tables, not in the plot.
UNDISTILLED = "corrected, not as trees"


def parse():
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tables", nargs="*", metavar="MACHINE.csv", help="one a machine (default: all of data/)")
    parser.add_argument("-o", dest="output", type=Path, help="a page of Markdown; the standard output without it")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--trees", type=int, default=150, help="of each member of a model (150)")
    arguments = parser.parse_args()
    if arguments.seeds < 1 or arguments.trees < 1:
        parser.error("--seeds and --trees are at least 1")
    arguments.tables = arguments.tables or sorted((ROOT / "data").glob("*.csv"))
    if len(arguments.tables) < 2:
        parser.error("two tables are needed")
    return arguments


def without_samples(task):
    """Figures of what needs no row of the target, by method."""
    found = {
        "source": methods.figures(task, task.predicted[task.test]),
        "fixed order": (np.nan, *methods.figures(task, methods.fixed_order(task))[1:]),
        "true factor of each family": methods.figures(task, methods.with_family_factors(task)),
    }
    seconds = methods.without_machine(task)
    return found if seconds is None else {**found, "source's seconds": methods.figures(task, seconds)}


def with_samples(task, count):
    """Figures by method, and which correction was chosen."""
    rows = methods.choose_rows(task, count)
    trees, itself, name = methods.corrected(task, rows)
    predictions = {"samples alone": methods.from_scratch(task, rows), "corrected": trees, UNDISTILLED: itself}
    if count <= MOST_TWICE:
        predictions["corrected, two rounds"] = methods.corrected(task, methods.choose_rows_twice(task, count))[0]
    return {method: methods.figures(task, predicted) for method, predicted in predictions.items()}, name


def judge(source, target, arguments):
    """By share of the rows and method, the figures of each seed (seeds, 3); by share, which corrections were chosen."""
    result, chosen = {}, {}
    for seed in range(arguments.seeds):
        task = methods.make_task(source, target, seed, FOLDS, arguments.trees)
        for method, found in without_samples(task).items():
            result.setdefault(0, {}).setdefault(method, []).append(found)
        for share in SHARES:
            found, name = with_samples(task, min(len(task.pool), max(1, round(share * len(target)))))
            chosen.setdefault(share, []).append(name)
            for method, each in found.items():
                result.setdefault(share, {}).setdefault(method, []).append(each)
    return result, chosen


def cells(values):
    """The mean over the seeds of each figure."""
    return " | ".join("" if np.isnan(v) else f"{v:.1%}" for v in np.mean(values, axis=0))


def table(source, target, result, chosen):
    """One pair's figures in Markdown."""
    title = f"{source.machines[0]} to {target.machines[0]}"
    lines = [f"### {title}", "", "| rows | share | method | median error | mean regret | within 5 % |"]
    lines += ["|---|---|---|---|---|---|"]
    for share, found in result.items():
        rows = max(1, round(share * len(target))) if share else 0
        lines += [f"| {rows} | {share:.1%} | {method} | {cells(values)} |" for method, values in found.items()]
    names = {share: ", ".join(f"{n} {some.count(n)}x" for n in dict.fromkeys(some)) for share, some in chosen.items()}
    said = "; ".join(f"{share:.1%}: {text}" for share, text in names.items())
    return "\n".join([*lines, "", f"Corrections that were chosen: {said}.", ""])


def shared(source, target):
    """How rows measured on both machines differ: the spread of the ratio of times, alone, over bounds, by family."""
    at = {pair: row for row, pair in enumerate(zip(source.layers, source.choices, strict=True))}
    pairs = [(at.get(pair), row) for row, pair in enumerate(zip(target.layers, target.choices, strict=True))]
    pairs = np.array([pair for pair in pairs if pair[0] is not None], int)
    if len(pairs) < 10:
        return ""
    first, second = source[pairs[:, 0]], target[pairs[:, 1]]
    family = second.family_column()
    words = []
    ways = (("seconds", np.log(second.seconds / first.seconds)), ("efficiency", second.efficiency - first.efficiency))
    for name, ratio in ways:
        own = ratio.copy()
        for each in np.unique(family):
            own[family == each] -= np.median(ratio[family == each])
        spreads = [np.median(np.abs(some - np.median(some))) for some in (ratio, own)]
        words.append(f"{name} {np.exp(np.median(ratio)):.2f} {spreads[0]:.1%} {spreads[1]:.1%}".split())
    return "\n".join(
        f"| {source.machines[0]} to {target.machines[0]} | {len(pairs)} | {' | '.join(row)} |" for row in words
    )


def draw(results, path):
    """Error and regret of each pair by the number of rows, as SVG."""
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams.update({"font.size": 9})
    from matplotlib import pyplot

    figure, grid = pyplot.subplots(2, len(results), figsize=(4.2 * len(results), 6), squeeze=False)
    for column, (source, target, result) in enumerate(results):
        counts = [share * len(target) for share in SHARES]
        for row, (at, label) in enumerate(((0, "median error, %"), (1, "mean regret, %"))):
            axes = grid[row][column]
            for method, colour in COLOURS.items():
                constant = method in result[0]
                per_share = [result[0 if constant else share].get(method, [[np.nan] * 3]) for share in SHARES]
                values = [100 * np.mean([found[at] for found in seeds]) for seeds in per_share]
                axes.plot(counts, values, "--" if constant else "o-", color=colour, label=method, markersize=3)
            axes.set_xscale("log")
            axes.set_ylim(0, None)
            axes.set_ylabel(label)
            axes.set_xlabel("samples of the target")
        grid[0][column].set_title(f"{source.machines[0]} to {target.machines[0]}")
    handles, labels = grid[1][0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="lower center", ncols=len(labels), frameon=False, fontsize=8)
    figure.tight_layout(rect=(0, 0.05, 1, 1))
    save_svg(figure, path)
    pyplot.close(figure)


def write(page, text, results):
    """The page's own text up to the mark, then the tables; the plot beside it."""
    plot = page.with_suffix(".svg")
    draw(results, plot)
    own = page.read_text().split(MARK)[0] if page.exists() else "# Moving a cost model\n\n"
    page.write_text(f"{own}{MARK}\n\n![Error and regret by the number of samples]({plot.name})\n\n{text}")


def main():
    """Judge every pair."""
    arguments = parse()
    began = time.process_time()
    tables = [read_samples([path]) for path in arguments.tables]
    for samples in tables:
        samples.families = families() if samples.version else samples.families
    parts, results, shares = [], [], []
    for source, target in itertools.permutations(tables, 2):
        if not source.has_columns_of(target):
            raise SystemExit(f"{source.machines[0]} and {target.machines[0]}: made with different features")
        result, chosen = judge(source, target, arguments)
        parts.append(table(source, target, result, chosen))
        results.append((source, target, result))
        shares.append(shared(source, target))
        print(f"{source.machines[0]} to {target.machines[0]}: {time.process_time() - began:.0f} s", file=sys.stderr)
    head = "| machines | rows | of | ratio | its spread | its spread in a family |\n|---|---|---|---|---|---|\n"
    both = "\n".join(line for line in shares if line)
    if both:
        parts.append(f"### Rows measured on both\n\n{head}{both}\n")
    text = "\n".join(parts)
    if arguments.output:
        write(arguments.output, text, results)
    else:
        print(text, end="")


if __name__ == "__main__":
    main()
