"""A recogniser of lines of text, as OCR has them: one height, any width, and a distribution over letters a column.

It is the network of the tests of several sizes in one object: the weights do not depend on the width, the kernels do.
"""

import onnx

from convopt.testing.builder import Builder

STRIDE = 4  #: Columns of the image for one of the answer.


def build(channels: int = 64, letters: int = 1000) -> onnx.ModelProto:
    """The network, from input0, [batch, 3, 48, width], to the probabilities, [batch, columns, letters].

    channels: of the first stage; the last has eight times as many. With 64 of them the weights take 10 MB.
    """
    b = Builder("recogniser")
    x = b.input("batch", 3, 48, "width")
    x = b.add("Relu", b.conv(x, (3, channels), strides=[2, 2]))
    x = _separable(b, x, channels, 2 * channels, [2, 2])
    x = b.add("Relu", b.batch_norm(b.conv(x, (2 * channels, 2 * channels), bias=False), 2 * channels))
    x = _separable(b, x, 2 * channels, 4 * channels, [2, 1])
    x = b.add("Add", x, b.add("Relu", b.conv(x, (4 * channels, 4 * channels))))
    x = b.add("Relu", b.conv(x, (4 * channels, 8 * channels), (3, 1), strides=[2, 1]))
    x = b.add("Relu", b.conv(x, (8 * channels, 8 * channels), (1, 3)))
    # A sequence of columns.
    x = b.add("ReduceMean", x, axes=[2], keepdims=0)
    x = b.add("Transpose", x, perm=[0, 2, 1])
    x = b.add("Add", b.add("MatMul", x, b.weight(8 * channels, letters, deviation=0.05)), b.weight(letters))
    return b.model(b.add("Softmax", x, axis=-1))


def _separable(b: Builder, x: str, channels: int, wider: int, strides: list) -> str:
    x = b.add("Relu", b.conv(x, (channels, channels), group=channels, strides=strides))
    return b.add("Relu", b.conv(x, (channels, wider), 1))
