"""Integers that are made of a quotient are those of the quotient that is written: 41 by 41 is 1, not a little less."""

import convopt
import numpy as np
import onnx
import pytest
from convopt.testing.builder import Builder
from convopt.testing.nodes import Nodes


@pytest.mark.parametrize("fixed", [True, False])
@pytest.mark.parametrize("operator", ["Ceil", "Floor", "Cast", None])
def test_quotients(operator, fixed):
    """By constants, which have reciprocals, and by what comes from outside, which vectors have estimates of."""
    b = Builder("quotients")
    x = np.arange(0, 500, 0.5, np.float32)
    divisors = np.float32([3, 7, 10, 41, 49, 0.1])
    quotients = [b.add("Div", b.input(1000), b.constant(y) if fixed else b.input(1)) for y in divisors]
    attributes = {"to": onnx.TensorProto.INT32} if operator == "Cast" else {}
    if operator:
        quotients = [b.add(operator, quotient, **attributes) for quotient in quotients]
    if operator == "Cast":
        quotients = [b.add("Cast", integers, to=onnx.TensorProto.FLOAT) for integers in quotients]
    inputs = [each for y in divisors for each in ([x] if fixed else [x, np.reshape(y, 1)])]
    rounded = {"Ceil": np.ceil, "Floor": np.floor, "Cast": np.trunc, None: np.positive}[operator]
    for y, actual in zip(divisors, convopt.compile(b.model(*quotients)).run(inputs), strict=True):
        np.testing.assert_array_equal(actual, rounded(x / y))


@pytest.mark.parametrize("divisor", [0.1, 3, 41, -7])
def test_remainders(divisor, generator):
    """Exact as C's fmod, with the sign of the dividend."""
    nodes = Nodes(17)
    x = np.concatenate([np.arange(-200, 200), generator.standard_normal(200) * 1000]).astype(np.float32)
    nodes.add("Mod", [nodes.input(x), nodes.constant(np.float32(divisor))], [np.float32], fmod=1)
    (actual,) = nodes.run()
    np.testing.assert_array_equal(actual, np.fmod(x, np.float32(divisor)))
