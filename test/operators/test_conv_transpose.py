"""Sizes and values of ConvTranspose with auto_pad, output_shape and output_padding."""

import itertools

import numpy as np
import pytest
from convopt.testing.nodes import Nodes

# Input size, kernel, stride, dilation, output_padding of one dimension.
ROWS = [(3, 3, 2, 1, 1), (4, 2, 3, 1, 2), (3, 4, 1, 1, 0), (5, 3, 2, 2, 1), (3, 1, 3, 1, 0), (2, 5, 4, 1, 3)]


def attributes(rows):
    """The image's sizes and the attributes of a ConvTranspose along some rows."""
    sizes, kernel, strides, dilations, extra = zip(*rows, strict=True)
    return sizes, {"kernel_shape": kernel, "strides": strides, "dilations": dilations, "output_padding": extra}


@pytest.mark.parametrize("rank", [1, 2, 3])
def test_same_is_input_times_stride(rank, generator):
    nodes, sizes = Nodes(), []
    for first, mode in itertools.product(range(len(ROWS)), ("SAME_UPPER", "SAME_LOWER")):
        rows = [ROWS[(first + i) % len(ROWS)] for i in range(rank)]
        image, options = attributes(rows)
        x = nodes.input(generator.standard_normal((1, 2, *image)).astype(np.float32))
        w = nodes.constant(generator.standard_normal((2, 2, *options["kernel_shape"])).astype(np.float32))
        b = nodes.constant(generator.standard_normal(2).astype(np.float32))
        nodes.add("ConvTranspose", [x, w, b], auto_pad=mode, **options)
        sizes.append((1, 2, *(row[0] * row[2] for row in rows)))
    outputs = nodes.run()
    assert [y.shape for y in outputs] == sizes
    for y, expected, node in zip(outputs, nodes.evaluate(), nodes.nodes, strict=True):
        np.testing.assert_allclose(y, expected, 1e-4, 1e-5, err_msg=str(node))


def test_output_shape_pads_as_needed(generator):
    """Padding that is stated besides is ignored, VALID or not: as ONNX Runtime does."""
    nodes = Nodes()
    modes = ("NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID")
    for (size, kernel, stride, dilation, extra), mode, less in itertools.product(ROWS[1::2], modes, (0, 1, 2)):
        natural = stride * (size - 1) + extra + (kernel - 1) * dilation + 1
        x = nodes.input(generator.standard_normal((1, 1, size)).astype(np.float32))
        w = nodes.constant(generator.standard_normal((1, 2, kernel)).astype(np.float32))
        options = {"strides": [stride], "dilations": [dilation], "output_padding": [extra]}
        if mode != "NOTSET":
            options["auto_pad"] = mode
        elif less == 2:
            options["pads"] = [1, 1]
        nodes.add("ConvTranspose", [x, w], output_shape=[natural - less], **options)
    for y, expected, node in zip(nodes.run(), nodes.onnxruntime(), nodes.nodes, strict=True):
        assert y.shape == expected.shape, str(node)
        np.testing.assert_allclose(y, expected, 1e-5, 1e-6, err_msg=str(node))


def test_output_padding_with_pads(generator):
    nodes = Nodes()
    for rank, first in itertools.product((1, 2), range(len(ROWS))):
        image, options = attributes([ROWS[(first + i) % len(ROWS)] for i in range(rank)])
        x = nodes.input(generator.standard_normal((2, 2, *image)).astype(np.float32))
        w = nodes.constant(generator.standard_normal((2, 1, *options["kernel_shape"])).astype(np.float32))
        nodes.add("ConvTranspose", [x, w], group=2, **options)
        nodes.add("ConvTranspose", [x, w], group=2, auto_pad="VALID", **options)
    for y, expected, node in zip(nodes.run(), nodes.onnxruntime(), nodes.nodes, strict=True):
        assert y.shape == expected.shape, str(node)
        np.testing.assert_allclose(y, expected, 1e-5, 1e-6, err_msg=str(node))
