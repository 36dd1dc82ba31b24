"""How good a cost model is on profiled samples.

python -m convopt.evaluate model.json data/*.csv
"""

import argparse

import numpy as np

from convopt.model import predict, read_model
from convopt.samples import read_samples


def relative_errors(samples, predicted):
    """|predicted / measured - 1| of each sample."""
    return np.abs(np.exp(predicted - samples.efficiency) - 1)


def regret(samples, predicted):
    """For each layer and machine, the time of the choice that is predicted best over that of the best measured."""
    groups = samples.groups()
    ratios = []
    for group in np.unique(groups):
        rows = np.flatnonzero(groups == group)
        if len(rows) > 1:
            ratios.append(samples.seconds[rows[np.argmin(predicted[rows])]] / samples.seconds[rows].min())
    return np.array(ratios)


def geometric_mean(values):
    """exp(mean(log)); 1 for nothing."""
    return float(np.exp(np.mean(np.log(values)))) if len(values) else 1.0


def report(samples, predicted):
    """Two tables in Markdown: errors by machine and by primitive; what following the model would cost."""
    lines = ["| samples | number | median error | 90 % below |", "|---|---|---|---|"]

    def row(name, rows):
        errors = relative_errors(samples[rows], predicted[rows])
        lines.append(f"| {name} | {len(errors)} | {np.median(errors):.1%} | {np.quantile(errors, 0.9):.1%} |")

    row("all", np.arange(len(samples)))
    for machine in np.unique(samples.machines):
        row(machine, np.flatnonzero(samples.machines == machine))
    for name in samples.primitive_names():
        row(name, np.flatnonzero(samples.primitives == name))
    lines += ["", "| machine | layers | predicted best / measured best | 90 % below | at random |"]
    lines += ["|---|---|---|---|---|"]
    noise = np.random.default_rng(1).random(len(samples))
    for machine in np.unique(samples.machines):
        rows = np.flatnonzero(samples.machines == machine)
        chosen, random = regret(samples[rows], predicted[rows]), regret(samples[rows], noise[rows])
        lines.append(
            f"| {machine} | {len(chosen)} | {geometric_mean(chosen):.3f} | {np.quantile(chosen, 0.9):.3f} "
            f"| {geometric_mean(random):.3f} |"
        )
    return "\n".join(lines) + "\n"


def main():
    """Print the report for a model and profiles."""
    parser = argparse.ArgumentParser(prog="convopt.evaluate", description=__doc__)
    parser.add_argument("model", metavar="MODEL.json")
    parser.add_argument("profiles", nargs="+", metavar="PROFILE.csv")
    options = parser.parse_args()
    samples = read_samples(options.profiles)
    print(report(samples, predict(read_model(options.model, samples), samples)), end="")


if __name__ == "__main__":
    main()
