"""The exact reference of quantised networks: what it rounds, and that its windows are those of onnx's own operators."""

import numpy as np
import onnx
import pytest
from convopt.testing import exact, reference
from convopt.testing.builder import Builder
from convopt.testing.quantised import network
from onnx.reference import ReferenceEvaluator


@pytest.fixture
def generator():
    return np.random.default_rng(0)


def evaluate(model, *inputs):
    """The one output."""
    return exact.run(exact.evaluator(model), list(inputs))[0]


def test_halves_are_rounded_to_even_and_what_is_beyond_is_saturated():
    b = Builder("rounding")
    scale, zero = b.constant(0.5), b.constant(128, np.uint8)
    y = b.add("QuantizeLinear", b.input(1, 6), scale, zero)
    model = b.model(b.add("DequantizeLinear", y, scale, zero))
    x = np.float32([[0.25, 0.75, -0.25, -0.75, 1000, -1000]])
    np.testing.assert_array_equal(evaluate(model, x), [[0, 1, 0, -1, 63.5, -64]])


def test_sums_are_not_rounded_to_f32():
    """What is left of 2^24 + 1 - 2^24."""
    b = Builder("sums")
    model = b.model(b.add("Conv", b.input(1, 3, 1), b.constant(np.ones((1, 3, 1)))))
    assert evaluate(model, np.float32([[[2**24], [1], [-(2**24)]]])) == 1


@pytest.mark.parametrize(
    ("operator", "attributes"),
    [
        ("Conv", {"group": 2, "strides": [2, 1], "pads": [1, 0, 2, 1]}),
        ("Conv", {"dilations": [2, 1], "pads": [0, 1, 0, 0]}),
        ("MaxPool", {"kernel_shape": [3, 2], "strides": [2, 2], "pads": [1, 1, 0, 1]}),
        ("AveragePool", {"kernel_shape": [3, 3], "pads": [1, 1, 1, 1]}),
        ("AveragePool", {"kernel_shape": [3, 2], "strides": [2, 1], "pads": [1, 0, 1, 0], "count_include_pad": 1}),
        ("Erf", {}),
        ("Sigmoid", {}),
    ],
)
def test_operators_are_onnx(operator, attributes, generator):
    b = Builder(operator)
    operands = [b.input(2, 4, 9, 8)]
    if operator == "Conv":
        operands += [b.weight(6, 4 // attributes.get("group", 1), 3, 2), b.weight(6)]
    model = b.model(b.add(operator, *operands, **attributes))
    x = generator.standard_normal((2, 4, 9, 8)).astype(np.float32)
    (expected,) = ReferenceEvaluator(model).run(None, {model.graph.input[0].name: x})
    result = evaluate(model, x)
    assert result.dtype == np.float64 and result.shape == expected.shape
    np.testing.assert_allclose(result, expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("kind", [np.uint8, np.int8])
def test_network_is_onnx_runtimes(kind, generator):
    """But for a number or two that it rounds otherwise."""
    model = network(kind, True)
    x = generator.standard_normal((2, 3, 13, 12)).astype(np.float32)
    (expected,) = reference.run(model.SerializeToString(), [x])
    steps = np.rint((evaluate(model, x) - expected) / (8 / 255))
    assert np.abs(steps).max() <= 1 and np.count_nonzero(steps) <= 2


@pytest.mark.parametrize("operator", ["Cast", "ConstantOfShape"])
def test_what_makes_f32_is_refused(operator):
    node = onnx.helper.make_node(operator, ["x"], ["y"])
    graph = onnx.helper.make_graph([node], operator, [], [])
    with pytest.raises(ValueError, match=operator):
        exact.evaluator(onnx.helper.make_model(graph))
