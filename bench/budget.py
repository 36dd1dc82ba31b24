"""Errors of compiled networks within --max-error, against ONNX Runtime on inputs that the compiler has not seen.

    PYTHONPATH=python python bench/budget.py [NETWORK...] [--max-error 1e-2,1e-3] [--inputs 10]

Each line: what squares of errors add up to on the samples that gains are measured with, what next to no input is said
to exceed, the mean and the largest of the inputs, and the largest over what was said; then the predicted time, and the
CPU seconds that it took to compile. Exit status 1 if an input exceeds its budget.
"""

import argparse
import json
import os
import resource
import sys
from pathlib import Path

import numpy as np

import convopt
from convopt.testing import networks, reference

USUAL = "efficientnet_b0 mobilenet_v2 resnet18 squeezenet1_1 shufflenet_v2_x1_0 mnasnet1_0 resnet50".split()
BIN = Path(os.environ.get("CONVOPT_BIN", "build/release/bin"))
FIRST_SEED = 1000  # of inputs that no test has


def parse() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("networks", nargs="*", metavar="NETWORK", default=USUAL)
    parser.add_argument("--max-error", default="1e-2,1e-3", help="budgets, with commas between them")
    parser.add_argument("--inputs", type=int, default=10)
    parser.add_argument("--precisions", default="all")
    parser.add_argument("--tool", type=Path, default=BIN / "convopt-compile")
    return parser.parse_args()


def cpu_seconds() -> float:
    """Of all children so far."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def errors(engine, model, count: int) -> np.ndarray:
    """The relative errors on fresh inputs, of several outputs the largest."""
    names = [value.name for value in engine.get_inputs()]
    shapes = [value.shape for value in engine.get_inputs()]
    found = []
    for seed in range(FIRST_SEED, FIRST_SEED + count):
        generator = np.random.default_rng(seed)
        inputs = [networks.image(shape, generator) for shape in shapes]
        expected = engine.run(None, dict(zip(names, inputs, strict=True)))
        pairs = zip(model.run(inputs), expected, strict=True)
        found.append(max(reference.relative_error(actual, wanted) for actual, wanted in pairs))
    return np.array(found)


def main() -> int:
    """Compiles and measures."""
    arguments = parse()
    exceeded = False
    print(f"{'network':20} {'budget':>7} {'squares':>8} {'checked':>8} {'mean':>8} {'largest':>8} ratio   ms  CPU s")
    for name in arguments.networks:
        path = networks.network(name).path
        engine = reference.session(path)
        for budget in arguments.max_error.split(","):
            begun = cpu_seconds()
            model = convopt.compile(
                path, max_error=budget, precisions=arguments.precisions, explain="json", tool=arguments.tool
            )
            seconds = cpu_seconds() - begun
            said = json.loads(model.explanation)
            found = errors(engine, model, arguments.inputs)
            exceeded |= found.max() > float(budget)
            checked = said.get("checked_error", said["error"])
            print(
                f"{name:20} {budget:>7} {said['error']:8.2e} {checked:8.2e} {found.mean():8.2e} {found.max():8.2e} "
                f"{found.max() / checked:5.2f} {1e3 * said['predicted_s']:6.2f} {seconds:5.1f}"
                + (" EXCEEDED" if found.max() > float(budget) else ""),
                flush=True,
            )
    return exceeded


if __name__ == "__main__":
    sys.exit(main())
