"""How far the plan by predictions is from the best one that whole-network measurements find, and from fixed rules.

    python bench/search.py [NETWORK...] [--candidates=5] [--sweeps=2]

For each network the compiler's own plan is the start of a coordinate descent: each distinct layer in turn tries the
choices predicted to be its fastest while the others keep theirs, each plan is compiled and the whole network run
against the best so far; what is faster by more than --margin is kept. Then the rules that need no model: always
im2row, always direct, Winograd wherever it is legal, the fewest products; of the schedules that a rule leaves, the
one predicted to be fastest. At the end all run interleaved in one process on one core.
"""

import argparse
import math
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "python"))

from convopt.testing import networks  # noqa: E402
from planning import Planner, add_measuring_options, choices, measure, network_of, on_core, rules  # noqa: E402


def parse() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_measuring_options(parser, 25, "runs of each plan in a comparison")
    parser.add_argument("--candidates", type=int, default=5, help="choices of each layer to try")
    parser.add_argument("--sweeps", type=int, default=2, help="times over all layers at most")
    parser.add_argument("--margin", type=float, default=0.003, help="gain below which nothing is changed")
    parser.add_argument("--cost-model", help="instead of the compiler's own")
    return parser.parse_args()


def descend(planner: Planner, start: tuple, inputs: list, options: argparse.Namespace) -> tuple:
    """The best plan found from that by predictions, as (model, plans measured, layers whose choice it changed)."""
    (best, table), plan, tried = start, {}, 0
    for _ in range(options.sweeps):
        changed = False
        for layer in planner.layers:
            for name in planner.candidates(layer, options.candidates):
                if plan.get(layer) == [name]:
                    continue
                candidate, other = planner.build({**plan, layer: [name]})
                if choices(other) == choices(table):
                    continue
                tried += 1
                with on_core(options.core):
                    old, new = measure([best, candidate], inputs, options.rounds)
                if new < old * (1 - options.margin):
                    best, table, plan, changed = candidate, other, {**plan, layer: [name]}, True
        if not changed:
            break
    return best, tried, len(plan)


def compare(network: networks.Network, options: argparse.Namespace, folder: Path) -> dict:
    """Milliseconds of every plan."""
    planner = Planner(network.path, folder, options.cost_model)
    predicted = planner.build({})
    found, tried, changed = descend(planner, predicted, network.inputs, options)
    plans = {"predicted": predicted[0], "searched": found}
    for rule, allowed in rules(planner).items():
        plans[rule] = planner.build(allowed)[0]
    with on_core(options.core):
        times = measure(list(plans.values()), network.inputs, options.rounds * 2)
    return {**dict(zip(plans, times, strict=True)), "tried": tried, "changed": changed}


def main():
    """Prints a row for each network."""
    options = parse()
    fixed = ("im2row", "direct", "Winograd", "fewest products")
    print(f"| network | predicted, ms | searched, ms | ratio | plans tried | layers changed | {' | '.join(fixed)} |")
    print("|---|---|---|---|---|---|" + "---|" * len(fixed), flush=True)
    losses, gains = [], []
    for name in options.networks:
        with tempfile.TemporaryDirectory() as folder:
            row = compare(network_of(name), options, Path(folder))
        losses.append(row["predicted"] / row["searched"])
        gains.append(min(row[rule] for rule in fixed) / row["predicted"])
        print(
            f"| {Path(name).stem} | {row['predicted']:.2f} | {row['searched']:.2f} | {losses[-1]:.3f} | {row['tried']} "
            f"| {row['changed']} | {' | '.join(f'{row[rule]:.2f}' for rule in fixed)} |",
            flush=True,
        )
    for title, ratios in (("predicted / searched", losses), ("best fixed rule / predicted", gains)):
        print(f"\n{title}, geometric mean: {math.exp(sum(map(math.log, ratios)) / len(ratios)):.3f}")


if __name__ == "__main__":
    main()
