"""Operators whose definitions of older opsets have no inference of types, at every opset that has them."""

import numpy as np
import pytest
from convopt.testing.nodes import Nodes


@pytest.mark.parametrize("opset", range(12, 24))
def test_comparisons(opset, generator):
    nodes = Nodes(opset)
    a = nodes.input(generator.integers(0, 3, (2, 1, 4)).astype(np.float32))
    b = nodes.input(generator.integers(0, 3, (3, 1)).astype(np.float32))
    for operator in ("GreaterOrEqual", "LessOrEqual"):
        nodes.add(operator, [a, b], ["bool"])
        nodes.add(operator, [b, a], ["bool"])
    for y, expected in zip(nodes.run(), nodes.onnxruntime(), strict=True):
        assert y.shape == (2, 3, 4)
        np.testing.assert_array_equal(y, expected)


@pytest.mark.parametrize("opset", [21, 22, 23])
def test_group_normalization(opset, generator):
    nodes = Nodes(opset)
    x = nodes.input(generator.standard_normal((2, 4, 3)).astype(np.float32))
    factors = nodes.constant(np.arange(1, 5, dtype=np.float32))
    nodes.add("GroupNormalization", [x, factors, factors], num_groups=2)
    np.testing.assert_allclose(nodes.run()[0], nodes.onnxruntime()[0], 1e-5, 1e-6)


@pytest.mark.parametrize("opset", [9, 12, 13, 23])
def test_mean_variance_normalization(opset, generator):
    nodes = Nodes(opset)
    x = nodes.input(generator.standard_normal((2, 3, 4, 5)).astype(np.float32))
    nodes.add("MeanVarianceNormalization", [x])
    nodes.add("Add", [nodes.add("MeanVarianceNormalization", [x], axes=[-1]), x])
    for y, expected in zip(nodes.run(), nodes.onnxruntime(), strict=True):
        np.testing.assert_allclose(y, expected, 1e-4, 1e-5)


@pytest.mark.parametrize("opset", [7, 9, 10, 12])
def test_dropout_whose_mask_nobody_reads(opset, generator):
    nodes = Nodes(opset)
    x = nodes.input(generator.standard_normal((2, 3)).astype(np.float32))
    y = nodes.add("Dropout", [x])
    nodes.nodes[-1].output.append("mask")
    nodes.add("Neg", [y])
    for actual, expected in zip(nodes.run(), nodes.onnxruntime(), strict=True):
        np.testing.assert_array_equal(actual, expected)
