"""Hardmax, LpNormalization and Det."""

import numpy as np
import pytest
from convopt.testing.nodes import Nodes


def check(nodes, expected, rtol=1e-5):
    for actual, wanted in zip(nodes.run(), expected, strict=True):
        assert actual.dtype == wanted.dtype
        np.testing.assert_allclose(actual, wanted, rtol, 1e-6)


@pytest.mark.parametrize("opset", [11, 13])
def test_hardmax(opset, generator):
    nodes = Nodes(opset)
    for axis in (0, 1, 2, -1):
        x = generator.integers(-2, 3, (3, 4, 5)).astype(np.float32)
        nodes.add("Hardmax", [nodes.input(x)], axis=axis)
    check(nodes, nodes.onnxruntime())


def test_lp_normalization(generator):
    """Without a length a row has no direction: NaN, as the standard's own tests say, where ONNX Runtime has zeros."""
    nodes, expected = Nodes(21), []
    for axis in (0, 1, -1):
        for p in (1, 2):
            x = generator.standard_normal((3, 4, 5)).astype(np.float32)
            x[:, 1] = 0 if axis == -1 else x[:, 1]
            nodes.add("LpNormalization", [nodes.input(x)], axis=axis, p=p)
            with np.errstate(invalid="ignore"):
                expected.append(x / np.linalg.norm(x, p, axis, keepdims=True))
    check(nodes, expected)


@pytest.mark.parametrize("kind, error", [("float32", 1e-3), ("float64", 1e-9)])
def test_det(kind, error, generator):
    nodes, expected = Nodes(22), []
    for shape in [(1, 1), (2, 2), (3, 2, 5, 5), (8, 8), (2, 3, 3)]:
        x = generator.standard_normal(shape).astype(kind)
        if shape == (2, 3, 3):
            x[0] = np.eye(3)[[2, 0, 1]]  # needs swaps
            x[1] = 1  # singular
        nodes.add("Det", [nodes.input(x)], [kind])
        expected.append(np.linalg.det(x))
    for actual, wanted in zip(nodes.run(), expected, strict=True):
        np.testing.assert_allclose(actual, wanted, error, error)
