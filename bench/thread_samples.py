"""How well times of several threads are predicted, which the compiler divides out of those of one.

    python bench/thread_samples.py PROFILE.csv [--cost-model=MODEL.json]

PROFILE is of convopt-profile --threads=N. By family: the median error, how far off the whole is (the geometric mean of
predicted over measured), and what the choice that is predicted best loses against the best measured one of its layer.
Only samples whose two fastest passes differ by 2 % at most count.
"""

import argparse
import sys
import tempfile
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "python"))

from convopt.measures import geometric_mean, predicted_seconds, regret, relative_errors  # noqa: E402
from convopt.primitives import catalogue  # noqa: E402
from convopt.profile_features import machine_options  # noqa: E402
from convopt.samples import Samples, read_samples  # noqa: E402


def predictions(samples: Samples, cost_model: str) -> tuple[dict, dict]:
    """Predicted seconds by layer and choice, for the machine and the threads of the samples; families by primitive."""
    threads, machine = samples.threads[0], samples.machines[0]
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write("".join(f"{layer}\n" for layer in dict.fromkeys(samples.layers)))
        file.flush()
        options = [f"--threads={threads}", f"--cost-model={cost_model}"]
        asked = catalogue(None, f"--layers={file.name}", *options, *machine_options(machine))
    seconds = {
        (entry["layer"], choice["name"]): choice.get("predicted_seconds")
        for entry in asked["layers"]
        for choice in entry["choices"]
    }
    return seconds, {primitive["name"]: primitive["family"] for primitive in asked["primitives"]}


def print_row(name: str, samples: Samples, predicted: np.ndarray):
    """One row of the table; `predicted` is log(seconds / roofline bound)."""
    regrets = regret(samples, predicted) - 1
    bias = geometric_mean(predicted_seconds(samples, predicted) / samples.seconds)
    error = np.median(relative_errors(samples, predicted))
    loss = f"{regrets.mean():.1%}" if len(regrets) else ""
    print(f"| {name} | {len(samples)} | {error:.1%} | {bias:.3f} | {len(regrets)} | {loss} |")


def main():
    """Prints a table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("profile", type=Path, metavar="PROFILE.csv")
    parser.add_argument("--cost-model", default="", help="JSON (default: the compiler's own)")
    arguments = parser.parse_args()
    samples = read_samples([arguments.profile])
    samples = samples[samples.clean()]
    if not len(samples):
        raise SystemExit(f"{arguments.profile}: no sample has two passes that agree")
    seconds, family_of = predictions(samples, arguments.cost_model)
    known = [seconds.get(key) for key in zip(samples.layers, samples.choices, strict=True)]
    samples = samples[np.array([bool(value) for value in known])]
    guessed = np.array([value for value in known if value])
    predicted = samples.efficiency + np.log(guessed / samples.seconds)
    families = np.array([family_of[name] for name in samples.primitives])
    print("| samples | number | median error | predicted over measured | layers | mean regret |")
    print("|---|---|---|---|---|---|")
    print_row("all", samples, predicted)
    for family in sorted(set(families)):
        print_row(family, samples[families == family], predicted[families == family])


if __name__ == "__main__":
    main()
