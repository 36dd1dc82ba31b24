"""Reductions along an axis that their operand does not vary along, and gathers of one element, beside ONNX Runtime."""

import numpy as np
import pytest
from convopt import compile
from convopt.testing import reference
from convopt.testing.builder import Builder

X = np.random.default_rng(1).normal(size=(1, 20)).astype(np.float32)


def expanded(b, x):
    return b.add("Expand", x, b.constant([3, 20], np.int64))


def tiled(b, x):
    return b.add("Tile", x, b.constant([37, 1], np.int64))


def gathered(b, x):
    return b.add("Gather", x, b.constant([0] * 5, np.int64), axis=0)


def reduce(operator, **attributes):
    def add(b, x):
        axes = b.constant([0], np.int64)
        if operator == "ReduceSum":
            return b.add(operator, x, axes, keepdims=0)
        return b.add(operator, x, axes=[0], keepdims=0)

    return add


ENDINGS = {
    **{f"Reduce{name}": reduce(f"Reduce{name}") for name in ("Max", "Min", "Sum", "Mean", "Prod", "L2", "LogSumExp")},
    "ArgMax": lambda b, x: b.add("Cast", b.add("ArgMax", x, axis=0, keepdims=0), to=1),
    "Softmax": lambda b, x: b.add("Softmax", x, axis=0),
    "TopK": lambda b, x: b.add("TopK", x, b.constant([2], np.int64), axis=0, outputs=2)[0],
    "CumSum": lambda b, x: b.add("CumSum", x, b.constant(0, np.int64)),
}


@pytest.mark.parametrize("spread", [expanded, tiled, gathered])
def test_reductions(spread):
    b = Builder("equal_terms")
    repeated = spread(b, b.input(1, 20))
    model = b.model(*[ending(b, repeated) for ending in ENDINGS.values()])
    expected = reference.run(model.SerializeToString(), [X])
    for name, got, want in zip(ENDINGS, compile(model).run([X]), expected, strict=True):
        np.testing.assert_allclose(got, want, rtol=1e-5, atol=1e-6, err_msg=name)


@pytest.mark.parametrize("rows", [1, 20])
def test_reductions_of_one_number(rows):
    """Every element is the same: no loop is left in any operand, along rows or down columns."""
    b = Builder("one_number")
    x = b.add("Expand", b.input(1, 1), b.constant([rows, 40], np.int64))
    outputs = [b.add("ReduceSum", x, b.constant(axes, np.int64)) for axes in ([0], [1], [0, 1])]
    outputs += [b.add("ReduceProd", x, axes=[1]), b.add("ReduceMean", x, axes=[0, 1]), b.add("Softmax", x, axis=1)]
    scale, bias = b.weight(40), b.weight(40)
    outputs.append(b.add("LayerNormalization", x, scale, bias))
    model = b.model(*outputs)
    number = np.array([[0.75]], np.float32)
    expected = reference.run(model.SerializeToString(), [number])
    for got, want in zip(compile(model).run([number]), expected, strict=True):
        # The normalisation divides what rounding leaves by the root of 1e-5.
        np.testing.assert_allclose(got, want, rtol=1e-4, atol=1e-4)
