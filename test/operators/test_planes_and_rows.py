"""Poolings plane by plane where channels come first, softmax and sums along rows of any length, with threads too."""

import convopt
import numpy as np
import pytest
from convopt.testing.nodes import Nodes

# Image, kernel, strides, dilations, pads: widths around whole vectors, windows that reach over all of a side.
WINDOWS = [
    ((20, 33), (3, 3), (1, 1), (1, 1), (1, 1, 1, 1)),
    ((20, 33), (3, 3), (2, 2), (1, 1), (1, 1, 1, 1)),
    ((17, 16), (5, 5), (1, 1), (1, 1), (2, 2, 2, 2)),
    ((17, 19), (2, 4), (1, 3), (1, 1), (0, 3, 1, 0)),
    ((9, 40), (3, 2), (1, 1), (2, 3), (2, 1, 2, 1)),
    ((7, 7), (3, 3), (1, 1), (1, 1), (1, 1, 1, 1)),
    ((12, 35), (7, 7), (1, 1), (1, 1), (6, 6, 6, 6)),
    ((6, 130), (6, 9), (1, 4), (1, 1), (0, 0, 0, 0)),
    ((300, 150), (3, 3), (1, 1), (1, 1), (1, 1, 1, 1)),
    ((4, 9, 21), (3, 3, 3), (1, 1, 1), (1, 1, 1), (1, 1, 1, 1, 1, 1)),
    ((5, 9, 21), (1, 3, 3), (1, 2, 2), (1, 1, 1), (0, 1, 1, 0, 1, 1)),
]


def check(nodes: Nodes, threads: int, tolerance: float) -> None:
    """Ours beside ONNX Runtime's."""
    actual = convopt.compile(nodes.model(), threads=threads).run(list(nodes.values.values()))
    for y, expected, node in zip(actual, nodes.onnxruntime(), nodes.nodes, strict=True):
        np.testing.assert_allclose(y, expected, tolerance, tolerance, err_msg=str(node))


@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize("operator", ["MaxPool", "AveragePool", "LpPool"])
def test_windows(operator, threads, generator):
    nodes = Nodes()
    for image, kernel, strides, dilations, pads in WINDOWS:
        if operator == "AveragePool" and max(dilations) > 1:
            continue
        x = nodes.input(generator.standard_normal((2, 3, *image)).astype(np.float32))
        options = {"dilations": dilations} if max(dilations) > 1 else {}
        if operator == "LpPool" and options:
            continue
        nodes.add(operator, [x], kernel_shape=kernel, strides=strides, pads=pads, **options)
    check(nodes, threads, 1e-5)


@pytest.mark.parametrize("threads", [1, 3])
def test_softmax(threads, generator):
    nodes = Nodes()
    for shape in [(5, 64), (3, 67), (4, 129), (2, 3, 1000), (1, 77), (1, 1, 95), (2, 1, 3, 1021), (1, 2, 70000)]:
        x = nodes.input((8 * generator.standard_normal(shape)).astype(np.float32))
        nodes.add("Softmax", [x], axis=-1)
        nodes.add("LogSoftmax", [x], axis=-1)
    check(nodes, threads, 1e-5)


def test_softmax_of_masks_and_no_numbers():
    x = np.zeros((6, 100), np.float32)
    x[1, 10:] = -np.inf
    x[2, 50] = np.nan
    x[3, 50] = 3e38
    x[4] = -3e38
    x[5, ::2] = -1e4
    nodes = Nodes()
    nodes.add("Softmax", [nodes.input(x)], axis=-1)
    check(nodes, 1, 1e-6)


@pytest.mark.parametrize("operator", ["ReduceSum", "ReduceMax", "ReduceL2"])
def test_rows_of_any_length(operator, generator):
    nodes = Nodes()
    axis = nodes.constant(np.array([-1]))
    for length in [1, 3, 5, 8, 15, 16, 17, 23, 31, 33, 47, 63, 64, 65, 95, 100, 127, 131, 200, 255, 1000, 1023]:
        x = nodes.input(generator.standard_normal((3, length)).astype(np.float32))
        nodes.add(operator, [x, axis])
    both = nodes.input(generator.standard_normal((4, 7, 45)).astype(np.float32))
    nodes.add(operator, [both, nodes.constant(np.array([1, 2]))])
    check(nodes, 1, 1e-5)
