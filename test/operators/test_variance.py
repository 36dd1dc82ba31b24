"""Normalisations of data whose mean is large beside its deviation, against statistics in f64."""

import numpy as np
import pytest
from convopt.testing.nodes import Nodes


def standardise(x, axes, epsilon):
    """(x - mean) / sqrt(variance + epsilon) in f64."""
    x = x.astype(np.float64)
    centred = x - x.mean(axes, keepdims=True)
    return centred / np.sqrt((centred**2).mean(axes, keepdims=True) + epsilon)


def data(generator, *shape):
    """Mean 1e4, deviation 1e-2."""
    return (1e4 + 1e-2 * generator.standard_normal(shape)).astype(np.float32)


@pytest.mark.parametrize("shape", [(2, 4, 5, 6), (1, 4, 64, 64)])
def test_large_means(shape, generator):
    nodes, x, epsilon = Nodes(), data(generator, *shape), 1e-6
    ones, zeros = (np.full(shape[1], value, np.float32) for value in (1, 0))
    name = nodes.input(x)
    scale, bias = nodes.constant(ones), nodes.constant(zeros)
    nodes.add("MeanVarianceNormalization", [name])
    nodes.add("MeanVarianceNormalization", [name], axes=[1, 3])
    nodes.add("InstanceNormalization", [name, scale, bias], epsilon=epsilon)
    nodes.add("GroupNormalization", [name, scale, bias], num_groups=2, epsilon=epsilon)
    nodes.add("LayerNormalization", [name, nodes.constant(np.ones(shape[3], np.float32))], epsilon=epsilon)
    groups = x.reshape(shape[0], 2, -1)
    expected = [
        standardise(x, (0, 2, 3), 0),
        standardise(x, (1, 3), 0),
        standardise(x, (2, 3), epsilon),
        standardise(groups, 2, epsilon).reshape(shape),
        standardise(x, 3, epsilon),
    ]
    for y, reference, node in zip(nodes.run(), expected, nodes.nodes, strict=True):
        np.testing.assert_allclose(y, reference, 1e-4, 1e-4, err_msg=node.op_type)


@pytest.mark.parametrize("opset", [9, 13])
def test_no_deviation_is_zero(opset, generator):
    """One element for each mean, and equal ones: neither NaN nor noise."""
    nodes = Nodes(opset)
    single = generator.standard_normal((1, 20, 1, 1)).astype(np.float32)
    nodes.add("MeanVarianceNormalization", [nodes.input(single)])
    nodes.add("MeanVarianceNormalization", [nodes.input(np.full((2, 2, 3, 5), 0.1, np.float32))])
    for y in nodes.run():
        np.testing.assert_array_equal(y, np.zeros_like(y))
