"""How well times of several threads are predicted, which the compiler divides out of those of one.

    python bench/thread_samples.py PROFILE.csv [--cost-model=MODEL.json]

PROFILE is of convopt-profile --threads=N. By family: the median error, how far off the whole is (the geometric mean of
predicted over measured), and what the choice that is predicted best loses against the best measured one of its layer.
Only samples whose two fastest passes differ by 2 % at most count.
"""

import argparse
import csv
import math
import statistics
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "python"))

from convopt.primitives import catalogue  # noqa: E402
from convopt.profile_features import machine_options  # noqa: E402


def clean_samples(profile: Path) -> list[dict]:
    """The rows whose two fastest passes agree."""
    with open(profile, newline="") as file:
        rows = list(csv.DictReader(file))

    def is_clean(row):
        passes = sorted(map(float, row["passes"].split()))
        return len(passes) > 1 and passes[1] <= 1.02 * passes[0]

    return [row for row in rows if is_clean(row)]


def predictions(rows: list[dict], cost_model: str) -> tuple[dict, dict]:
    """Predicted seconds by layer and choice, for the machine and the threads of the rows; families by primitive."""
    threads, machine = rows[0]["threads"], rows[0]["machine"]
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write("".join(f"{layer}\n" for layer in dict.fromkeys(row["layer"] for row in rows)))
        file.flush()
        options = [f"--threads={threads}", f"--cost-model={cost_model}"]
        asked = catalogue(None, f"--layers={file.name}", *options, *machine_options(machine))
    seconds = {
        (entry["layer"], choice["name"]): choice.get("predicted_seconds")
        for entry in asked["layers"]
        for choice in entry["choices"]
    }
    return seconds, {primitive["name"]: primitive["family"] for primitive in asked["primitives"]}


def print_row(name: str, pairs: list):
    """One row of the table; pairs of a measured and a predicted time, by layer."""
    ratios = [predicted / measured for _, measured, predicted in pairs]
    layers = defaultdict(list)
    for layer, measured, predicted in pairs:
        layers[layer].append((predicted, measured))
    regrets = [min(times)[1] / min(time for _, time in times) - 1 for times in layers.values() if len(times) > 1]
    error = statistics.median(abs(ratio - 1) for ratio in ratios)
    bias = math.exp(statistics.fmean(map(math.log, ratios)))
    loss = f"{statistics.fmean(regrets):.1%}" if regrets else ""
    print(f"| {name} | {len(pairs)} | {error:.1%} | {bias:.3f} | {len(regrets)} | {loss} |")


def main():
    """Prints a table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("profile", type=Path, metavar="PROFILE.csv")
    parser.add_argument("--cost-model", default="", help="JSON (default: the compiler's own)")
    arguments = parser.parse_args()
    rows = clean_samples(arguments.profile)
    if not rows:
        raise SystemExit(f"{arguments.profile}: no sample has two passes that agree")
    seconds, families = predictions(rows, arguments.cost_model)
    pairs, by_family = [], defaultdict(list)
    for row in rows:
        predicted = seconds.get((row["layer"], row["choice"]))
        if predicted:
            pairs.append((row["layer"], float(row["seconds"]), predicted))
            by_family[families[row["primitive"]]].append(pairs[-1])
    print("| samples | number | median error | predicted over measured | layers | mean regret |")
    print("|---|---|---|---|---|---|")
    print_row("all", pairs)
    for family, those in sorted(by_family.items()):
        print_row(family, those)


if __name__ == "__main__":
    main()
