"""A random graph takes no node whose result two right implementations may not agree on."""

import numpy as np
import pytest
from convopt.testing.growth import Growth, Unsuitable


@pytest.fixture
def g():
    return Growth(np.random.default_rng(1), 17)


@pytest.fixture
def x(g):
    """A sum: a value that has errors."""
    value = g.input(np.linspace(-2, 2, 64, dtype=np.float32))
    return g.add("Add", value, g.constant(0.3))


def test_well_conditioned(g, x):
    assert g.add("Sigmoid", x).shape == (64,)
    assert g.add("Less", x, g.constant(0.1)).array.dtype == bool


def test_cancellation(g, x):
    with pytest.raises(Unsuitable):
        g.add("Sub", x, g.add("Mul", x, g.constant(1)))


def test_comparison_of_what_is_nearly_equal(g, x):
    with pytest.raises(Unsuitable):
        g.add("Less", x, g.add("Mul", x, g.constant(1)))


def test_overflow(g, x):
    with pytest.raises(Unsuitable):
        g.add("Exp", g.add("Mul", x, g.constant(40)))


def test_what_onnx_runtime_refuses(g, x):
    with pytest.raises(Unsuitable):
        g.add("MatMul", x, g.constant(np.ones((3, 3))))


def test_what_is_taken_back_is_gone(g, x):
    mark = g.mark()
    g.add("Relu", g.add("Mul", x, g.constant(2)))
    g.restore(mark)
    model = g.model("graph")
    assert [node.op_type for node in model.graph.node if node.op_type != "Constant"] == ["Add"]
    assert [value.name for value in model.graph.output] == [x.name]
