"""Long chains of element-wise operations whose operands are used twice: right values, and time for each node alone."""

import numpy as np
import pytest
from convopt import compile
from convopt.testing import reference
from convopt.testing.builder import Builder

NODES = 120


def diamond(b, x):
    return b.add("Mul", b.add("Sum", b.add("Relu", x), b.add("Tanh", x)), b.constant(0.6))


LINKS = {
    "HardSwish": lambda b, x: b.add("HardSwish", x),
    "Neg+Relu": lambda b, x: b.add("Neg", b.add("Relu", b.add("Sub", x, b.constant(1.0)))),
    "Mish": lambda b, x: b.add("Mish", x),
    "x sigmoid(x)": lambda b, x: b.add("Mul", x, b.add("Sigmoid", x)),
    "0.1 x x + x": lambda b, x: b.add("Add", b.add("Mul", b.add("Mul", x, x), b.constant(0.1)), x),
    "diamond": diamond,
    "Clip": lambda b, x: b.add("Add", b.add("Clip", x, b.constant(-0.5), b.constant(0.5)), x),
}


def check(model, x, tolerance=1e-4):
    expected = reference.run(model.SerializeToString(), [x])
    # A time that only growth that is not linear would reach.
    actual = compile(model, timeout=100).run([x])
    np.testing.assert_allclose(actual[0], expected[0], rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("link", LINKS)
def test_chains(link):
    x = np.random.default_rng(1).uniform(-1, 0.5, size=(2, 37)).astype(np.float32)
    b = Builder("chain", opset=18)
    value = b.input(2, 37)
    for _ in range(NODES):
        value = LINKS[link](b, value)
    check(b.model(value), x)


def test_two_chains_that_cross():
    """Each link is used by both that follow."""
    b = Builder("cross", opset=18)
    left = right = b.input(2, 37)
    for _ in range(NODES):
        left, right = b.add("Mul", b.add("Add", left, right), b.constant(0.5)), b.add("Max", left, right)
    x = np.random.default_rng(1).normal(size=(2, 37)).astype(np.float32)
    check(b.model(b.add("Sub", left, right)), x)


def test_epilogue_of_a_convolution():
    b = Builder("epilogue", opset=18)
    value = b.conv(b.input(1, 8, 9, 9), (8, 16))
    for _ in range(NODES):
        value = b.add("HardSwish", value)
    check(b.model(value), np.random.default_rng(1).normal(size=(1, 8, 9, 9)).astype(np.float32))
