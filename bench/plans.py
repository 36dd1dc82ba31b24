"""Times each network compiled by predicted and by measured costs: what the cost model's mistakes cost.

    python bench/plans.py [NETWORK...] [--costs=FOLDER] [--profile]

Networks are those of test/models, all by default, or paths of .onnx files. FOLDER holds NETWORK.csv of convopt-profile
for this machine; --profile makes those that are not there, which takes minutes a network. Both plans run interleaved in
one process on one core; the least of their times counts. Where the plan by measured costs is the slower one, the
profile's single layers say less than the model does, or it is noise.
"""

import argparse
import math
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "python"))

from convopt.runtime import find_tool  # noqa: E402
from convopt.testing import networks  # noqa: E402
from planning import choices, compile_plan, load_plan, measure, network_of, predicted_total  # noqa: E402


def parse() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("networks", nargs="*", help="names of test/models or .onnx files")
    parser.add_argument("--costs", type=Path, default=ROOT / "build/costs", help="folder of the profiles")
    parser.add_argument("--profile", action="store_true", help="measure what is missing")
    parser.add_argument("--core", type=int, default=max(os.sched_getaffinity(0)), help="where to measure and to run")
    parser.add_argument("--rounds", type=int, default=30)
    arguments = parser.parse_args()
    arguments.networks = arguments.networks or sorted(path.stem for path in networks.TOPOLOGIES.glob("*.onnx"))
    return arguments


def compare(network: networks.Network, costs: Path, rounds: int, folder: Path) -> dict:
    """Both plans of one network."""
    tables, models = [], []
    for name, options in (("predicted", []), ("measured", [f"--measured-costs={costs}"])):
        library = folder / f"{name}.so"
        tables.append(compile_plan(network.path, library, f"--name={name}", *options))
        models.append(load_plan(library))
    times = measure(models, network.inputs, rounds)
    plans = [choices(table) for table in tables]
    return {
        "times": times,
        "sums": [predicted_total(table) for table in tables],
        "different": sum(plans[0].get(name) != choice for name, choice in plans[1].items()),
        "choices": len(plans[1]),
    }


def main():
    """Prints a row for each network."""
    arguments = parse()
    os.sched_setaffinity(0, {arguments.core})
    arguments.costs.mkdir(parents=True, exist_ok=True)
    print(
        "| network | predicted plan, ms | measured plan, ms | ratio | choices that differ | sum of measured costs, ms |"
    )
    print("|---|---|---|---|---|---|", flush=True)
    ratios = []
    for name in arguments.networks:
        network = network_of(name)
        costs = arguments.costs / f"{Path(name).stem}.csv"
        if arguments.profile:
            subprocess.run([find_tool("convopt-profile"), network.path, "-o", costs], check=True)
        if not costs.exists():
            print(f"{name}: {costs} is not there; --profile makes it", file=sys.stderr)
            continue
        with tempfile.TemporaryDirectory() as folder:
            row = compare(network, costs, arguments.rounds, Path(folder))
        predicted, measured = row["times"]
        ratios.append(predicted / measured)
        print(
            f"| {Path(name).stem} | {predicted:.2f} | {measured:.2f} | {ratios[-1]:.3f} "
            f"| {row['different']} of {row['choices']} | {row['sums'][1]:.2f} |",
            flush=True,
        )
    if ratios:
        mean = math.exp(sum(map(math.log, ratios)) / len(ratios))
        print(f"\npredicted plan / measured plan, geometric mean: {mean:.3f}")


if __name__ == "__main__":
    main()
