"""Sizes and values of poolings with ceil_mode, auto_pad, dilations and padding, in one to three dimensions."""

import itertools

import convopt
import numpy as np
import onnx
import pytest
from convopt.testing.nodes import Nodes
from onnx import TensorProto, helper

# Input size, kernel, stride, dilation, pads of one dimension; the others take the next rows.
ROWS = [
    (7, 2, 2, 1, (1, 1)),
    (5, 3, 2, 1, (0, 0)),
    (6, 3, 2, 1, (0, 1)),
    (8, 3, 3, 1, (1, 1)),
    (9, 2, 3, 2, (1, 1)),
    (7, 3, 4, 1, (1, 2)),
    (10, 1, 4, 1, (0, 0)),
    (4, 5, 2, 1, (0, 0)),
]


def pooling(rank, first):
    """The size of the image and the attributes of a pooling made of `rank` rows."""
    rows = [ROWS[(first + i) % len(ROWS)] for i in range(rank)]
    sizes, kernel, strides, dilations, pads = zip(*rows, strict=True)
    pads = [pad[0] for pad in pads] + [pad[1] for pad in pads]
    attributes = {"kernel_shape": kernel, "strides": strides, "dilations": dilations, "pads": pads}
    return (1, 2, *sizes), attributes


@pytest.mark.parametrize("rank", [1, 2, 3])
def test_ceil_mode(rank, generator):
    nodes = Nodes()
    for first in range(len(ROWS)):
        shape, attributes = pooling(rank, first)
        x = nodes.input(generator.standard_normal(shape).astype(np.float32))
        nodes.add("MaxPool", [x], ["float32", "int64"], ceil_mode=1, **attributes)
        nodes.add("MaxPool", [x], ceil_mode=1, **attributes)
        nodes.add("LpPool", [x], ceil_mode=1, p=2, **attributes)
        nodes.add("AveragePool", [x], ceil_mode=1, **attributes)
    for y, expected, node in zip(nodes.run(), nodes.onnxruntime(), nodes.outputs, strict=True):
        assert y.shape == expected.shape, node.name
        np.testing.assert_allclose(y, expected, 1e-5, 1e-6, err_msg=node.name)


@pytest.mark.parametrize("rank", [1, 2, 3])
def test_padding_that_counts(rank, generator):
    """As zeros of the image; what ceil_mode adds never counts. ONNX Runtime itself mixes up the dimensions here."""
    nodes, padded = Nodes(), Nodes()
    for first in range(len(ROWS)):
        shape, attributes = pooling(rank, first)
        x = generator.standard_normal(shape).astype(np.float32)
        nodes.add("AveragePool", [nodes.input(x)], ceil_mode=1, count_include_pad=1, **attributes)
        pads = attributes.pop("pads")
        margins = [(0, 0), (0, 0), *zip(pads[:rank], pads[rank:], strict=True)]
        padded.add("AveragePool", [padded.input(np.pad(x, margins))], ceil_mode=1, **attributes)
    for y, expected, node in zip(nodes.run(), padded.onnxruntime(), nodes.nodes, strict=True):
        # It has windows that begin in that padding.
        expected = expected[tuple(slice(size) for size in y.shape)]
        np.testing.assert_allclose(y, expected, 1e-5, 1e-6, err_msg=str(node))


def test_sizes_with_auto_pad_do_not_depend_on_ceil_mode(generator):
    nodes, sizes = Nodes(), []
    cases = itertools.product((3, 8), (2, 3), (2, 4), ("VALID", "SAME_UPPER", "SAME_LOWER"))
    for size, kernel, stride, mode in cases:
        x = nodes.input(generator.standard_normal((1, 1, size)).astype(np.float32))
        for operator, ceil in itertools.product(("MaxPool", "AveragePool"), (0, 1)):
            nodes.add(operator, [x], kernel_shape=[kernel], strides=[stride], auto_pad=mode, ceil_mode=ceil)
            window = kernel if mode == "VALID" else 1
            sizes.append(-(-(size - window + 1) // stride))
    outputs = nodes.run()
    assert [y.shape[2] for y in outputs] == sizes
    for floor, ceiling in zip(outputs[::2], outputs[1::2], strict=True):
        np.testing.assert_array_equal(floor, ceiling)


def test_a_window_in_the_padding_alone_averages_to_zero():
    nodes = Nodes()
    x = nodes.input(np.float32([[[1, 2, 3]]]))
    nodes.add("AveragePool", [x], kernel_shape=[2], dilations=[4], pads=[1, 1])
    np.testing.assert_array_equal(nodes.run()[0], [[[0]]])


@pytest.mark.parametrize("stated", [4, 5])
def test_outputs_may_state_the_size_that_inference_gives(stated):
    node = helper.make_node("MaxPool", ["x"], ["y"], kernel_shape=[2], strides=[2], pads=[1, 1], ceil_mode=1)
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 1, 7])
    y = helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, 1, stated])
    model = helper.make_model(
        helper.make_graph([node], "g", [x], [y]), opset_imports=[helper.make_opsetid("", 12)], ir_version=8
    )
    onnx.checker.check_model(model)
    values = np.arange(7, dtype=np.float32).reshape(1, 1, 7)
    np.testing.assert_array_equal(convopt.compile(model)(values), [[[0, 2, 4, 6]]])
