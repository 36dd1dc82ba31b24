"""Which choices exist, and which of them are the best for no layer.

    python -m convopt.catalogue data/*.csv

A choice is a primitive, its layouts and its schedule variant. It earns its place where it is within --margin of the
best measured for some layer, or of the best that reads and writes the same layouts (its neighbours may want those).
The others are dead weight: they make the compiler slower and the model's task harder. What was tried for fewer layers
than --tried is not judged.
"""

import argparse

import numpy as np

from convopt.primitives import describe_choices
from convopt.samples import read_samples


def _ratios(seconds, keys):
    """Each sample's time over the least of those with the same key."""
    group = np.unique(keys, return_inverse=True)[1]
    best = np.full(group.max() + 1, np.inf)
    np.minimum.at(best, group, seconds)
    return seconds / best[group]


def offered(names, all_numbers=False):
    """For each name its family (primitive and layouts) and what the compiler offers beside it for one layer.

    That has no numbers that are fitted to the layer: how many pixels a register tile has and how much a block
    (14x2s28 and 7x2s56 are both tiles of two vectors), unless `all_numbers`.
    """
    families, choices = {}, {}
    for name, said in zip(names, describe_choices(names), strict=True):
        families[name] = said["primitive"], f"{said['input']}->{said['output']}"
        lanes = f"l{said['lanes']}" if said["lanes"] else ""
        short = f"x{said['vectors']}{lanes}{'p' * said['paired']}{'f' * said['fresh']}"
        choices[name] = name if all_numbers else " ".join((*families[name], short))
    return families, choices


def summarise(samples, all_numbers=False):
    """For each choice: its family, samples, its best time over the best for the layer, and over the same layouts'."""
    families, choices = offered(sorted(set(samples.choices)), all_numbers)
    named = np.array([choices[choice] for choice in samples.choices])
    layers = np.char.add(np.char.add(samples.machines, " "), samples.layers)
    layouts = np.array([families[choice][1] for choice in samples.choices])
    overall = _ratios(samples.seconds, layers)
    alike = _ratios(samples.seconds, np.char.add(np.char.add(layers, " "), layouts))
    result = {}
    for choice in sorted(set(named)):
        rows = named == choice
        family = families[samples.choices[rows][0]]
        result[choice] = (family, int(rows.sum()), float(overall[rows].min()), float(alike[rows].min()))
    return result


def report(samples, margin, tried, all_numbers=False):
    """Tables in Markdown: how many choices each family has, and the dead ones."""
    summary = summarise(samples, all_numbers)
    judged = {choice: row for choice, row in summary.items() if row[1] >= tried}
    dead = {choice: row for choice, row in judged.items() if row[3] > 1 + margin}
    lines = [f"{len(summary)} choices, {len(judged)} tried for {tried} layers or more, {len(dead)} of these dead.", ""]
    lines += ["| family | layouts | choices | tried | dead |", "|---|---|---|---|---|"]
    for family in sorted({row[0] for row in summary.values()}):
        count = [sum(row[0] == family for row in some.values()) for some in (summary, judged, dead)]
        lines.append(f"| {family[0]} | {family[1]} | {count[0]} | {count[1]} | {count[2]} |")
    lines += ["", "| dead choice | samples | over the layer's best | over its layouts' best |", "|---|---|---|---|"]
    lines += [f"| {c} | {n} | {best:.2f} | {alike:.2f} |" for c, (_, n, best, alike) in dead.items()]
    return "\n".join(lines) + "\n"


def main():
    """Print the report for profiles."""
    parser = argparse.ArgumentParser(prog="convopt.catalogue", description=__doc__)
    parser.add_argument("profiles", nargs="+", metavar="PROFILE.csv")
    parser.add_argument("--margin", type=float, default=0.02, help="how much slower than the best is as good")
    parser.add_argument("--tried", type=int, default=5, help="for how many layers a choice must have been tried")
    parser.add_argument("--all", action="store_true", help="take choices apart that differ in tile or block size alone")
    options = parser.parse_args()
    samples = read_samples(options.profiles)
    print(report(samples, options.margin, options.tried, options.all), end="")


if __name__ == "__main__":
    main()
