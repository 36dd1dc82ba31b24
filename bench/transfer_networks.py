"""What whole networks lose by a cost model that was moved to their machine: with no sample of it, and with few.

    python bench/transfer_networks.py SOURCE.csv TARGET.csv [NETWORK...] [--share=0.01]

SOURCE and TARGET are profiles, TARGET one whose code this machine runs. Their samples of the networks' own layers are
left out. Each network is compiled for TARGET's machine by a model of SOURCE alone, by that model corrected with a share
of TARGET's samples (convopt.transfer, which chooses them), by a model of all TARGET's samples, and by fixed rules; then
all run interleaved on one core. Losses are over the plan by the model of all samples.
"""

import argparse
import csv
import math
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "python"))

from convopt.primitives import catalogue  # noqa: E402
from convopt.profile_features import machine_options  # noqa: E402
from planning import Planner, add_measuring_options, measure, network_of, on_core, rules  # noqa: E402


def parse() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path, metavar="SOURCE.csv")
    parser.add_argument("target", type=Path, metavar="TARGET.csv")
    add_measuring_options(parser, 40, "runs of each plan")
    parser.add_argument("--share", type=float, default=0.01, help="of the target's samples (0.01)")
    return parser.parse_args()


def without(profile: Path, layers: set, folder: Path) -> Path:
    """A copy of the profile in `folder` that has none of these layers."""
    shutil.copy(profile.with_suffix(".json"), folder)
    with open(profile, newline="") as file, open(folder / profile.name, "w", newline="") as copy:
        rows = csv.DictReader(file)
        writer = csv.DictWriter(copy, rows.fieldnames, lineterminator="\n")
        writer.writeheader()
        writer.writerows(row for row in rows if row["layer"] not in layers)
    return folder / profile.name


def python(*command):
    """Runs a module of convopt's, silently."""
    subprocess.run([sys.executable, "-m", *map(str, command)], check=True, stdout=subprocess.DEVNULL)


def make_models(source: Path, target: Path, share: float, folder: Path) -> dict:
    """Files of the models by what they know of the target."""
    with open(target) as file:
        count = max(1, round(share * (sum(1 for _ in file) - 1)))
    names = ("all samples", "no sample", f"{count} samples")
    models = {name: folder / f"model{i}.json" for i, name in enumerate(names)}
    python("convopt.train", target, "-o", models[names[0]])
    python("convopt.train", source, "-o", models[names[1]])
    python("convopt.transfer", models[names[1]], target, f"--samples={count}", "-o", models[names[2]])
    return models


def compare(network, models: dict, machine: list, options: argparse.Namespace, folder: Path) -> dict:
    """Milliseconds by model and by rule."""
    plans = {}
    for i, (name, model) in enumerate(models.items()):
        (folder / str(i)).mkdir()
        planner = Planner(network.path, folder / str(i), model, machine)
        plans[name] = planner.build({})[0]
        if name == "all samples":
            # Of the schedules that a rule leaves the one that the best model predicts to be fastest.
            plans |= {rule: planner.build(allowed)[0] for rule, allowed in rules(planner).items()}
    with on_core(options.core):
        times = measure(list(plans.values()), network.inputs, options.rounds)
    return dict(zip(plans, times, strict=True))


def main():
    """Prints a row for each network, and geometric means."""
    options = parse()
    networks = {name: network_of(name) for name in options.networks}
    with open(options.target, newline="") as file:
        name = next(csv.DictReader(file))["machine"]
    # The CPU is this one: naming it would keep what only it has from being used.
    machine = [option for option in machine_options(name) if not option.startswith("--cpu")]
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        asked = (catalogue(network.path, *machine)["layers"] for network in networks.values())
        layers = {entry["layer"] for found in asked for entry in found}
        parts = [folder / "source", folder / "target"]
        for part in parts:
            part.mkdir()
        source, target = (
            without(profile, layers, part)
            for profile, part in zip((options.source, options.target), parts, strict=True)
        )
        models = make_models(source, target, options.share, folder)
        rows = {}
        for name, network in networks.items():
            with tempfile.TemporaryDirectory() as plans:
                rows[name] = compare(network, models, machine, options, Path(plans))
    titles = list(next(iter(rows.values())))
    print(f"| network | {' | '.join(titles)} |\n|---|{'--:|' * len(titles)}")
    for name, row in rows.items():
        print(f"| {Path(name).stem} | {' | '.join(f'{row[title]:.2f}' for title in titles)} |")
    ratios = [[row[title] / row[titles[0]] for row in rows.values()] for title in titles]
    means = [math.exp(sum(map(math.log, some)) / len(some)) for some in ratios]
    print(f"| geometric mean of losses | {' | '.join(f'{mean - 1:.1%}' for mean in means)} |")


if __name__ == "__main__":
    main()
