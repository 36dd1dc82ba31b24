"""Random graphs over all operators that convopt accepts, in any order, each with inputs and what ONNX Runtime answers.

python -m convopt.testing.graphs SEED [-o FILE]   prints the graph of a seed, or writes it to FILE
"""

import argparse
from typing import NamedTuple

import numpy as np
import onnx

from convopt.testing import operators, reference
from convopt.testing.growth import Growth, Unsuitable

OPSETS = (11, 13, 16, 17, 18, 20, 21)
ATTEMPTS = 200


class Graph(NamedTuple):
    """A model, one input for each of the graph's, the outputs that it must give and how exactly it must."""

    model: onnx.ModelProto
    inputs: list
    outputs: list
    tolerances: list  # relative L2


def build(seed: int) -> Graph:
    """The graph of this seed: always the same, of 4 to 14 nodes or a few more."""
    g = Growth(np.random.default_rng(seed), 0)
    g.opset = g.choose(OPSETS)
    _start(g)
    families = list(operators.table().values())
    shares = np.array([share for share, _ in families])
    wanted = g.integer(4, 14)
    for _ in range(ATTEMPTS):
        if len(g.nodes) >= wanted:
            break
        functions = families[int(g.random.choice(len(families), p=shares / shares.sum()))][1]
        weights = np.array([function.frequency for function in functions])
        mark = g.mark()
        try:
            functions[int(g.random.choice(len(functions), p=weights / weights.sum()))](g)
        except Unsuitable:
            g.restore(mark)
    model = g.model(f"graph{seed}")
    onnx.checker.check_model(model, full_check=True)
    inputs = [value.array for value in g.inputs]
    outputs = reference.run(model.SerializeToString(), inputs)
    known = {value.name: value for value in g.values}
    tolerances = [known[value.name].tolerance for value in model.graph.output]
    return Graph(model, inputs, outputs, tolerances)


def _start(g: Growth):
    """One to three inputs: images mostly, matrices, batches, vectors, a scalar; seldom integers or truth values."""
    for i in range(g.choose([1, 1, 2, 3])):
        few, some = g.integer(1, 4), g.choose([3, 4, 6, 8, 12, 16])
        shapes = [
            (1, some, g.integer(4, 12), g.integer(4, 12)),
            (1, some, g.integer(4, 12), g.integer(4, 12)),
            (few, some, g.integer(2, 6), g.integer(2, 6)),
            (1, few, 12, 12),
            (few, some, g.integer(3, 10)),
            (few, g.integer(1, 4), 3, 4, 5),
            (g.integer(1, 12), g.integer(1, 24)),
            (few, g.integer(1, 8), g.integer(1, 16)),
            (g.integer(1, 24),),
            (),
        ]
        shape = shapes[g.integer(0, len(shapes) - (3 if i == 0 else 1))]
        if i and g.chance(0.3):
            dtype = g.choose([np.int64, np.int32, np.uint8, bool])
            g.input(g.random.integers(0, 2 if dtype is bool else 4, shape).astype(dtype))
        else:
            g.input(g.random.standard_normal(shape).astype(np.float32))


def main():
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("seed", type=int)
    parser.add_argument("-o", metavar="FILE", help="the model; beside it FILE.npz with inputs and outputs")
    arguments = parser.parse_args()
    graph = build(arguments.seed)
    if not arguments.o:
        print(onnx.printer.to_text(graph.model))
        return
    onnx.save(graph.model, arguments.o)
    arrays = {f"input{i}": array for i, array in enumerate(graph.inputs)}
    arrays |= {f"output{i}": array for i, array in enumerate(graph.outputs)}
    np.savez(f"{arguments.o}.npz", **arrays)


if __name__ == "__main__":
    main()
