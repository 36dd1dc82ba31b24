"""Models of any number of nodes, layers or inputs, of which nothing else grows: what the compiler makes of their size.

Tensors are small, since it is the compilation that is looked at, and values stay in a sane range however long a chain
is.
"""

import numpy as np
import onnx

from convopt.testing.builder import Builder

CHANNELS, SIDE = 8, 4


def elementwise(count: int) -> onnx.ModelProto:
    """A chain of `count` element-wise nodes: Relu, Add, Mul and Sigmoid in turns."""
    b = Builder("elementwise")
    x = b.input(2, 37)
    for i in range(count):
        operator = ("Relu", "Add", "Mul", "Sigmoid")[i % 4]
        others = {"Add": [0.5], "Mul": np.linspace(0.5, 1.5, 37)}.get(operator)
        x = b.add(operator, x, *([] if others is None else [b.constant(others)]))
    return b.model(x)


def pointwise(count: int) -> onnx.ModelProto:
    """A chain of `count` nodes, 1x1 convolutions and Relu in turns."""
    b = Builder("pointwise")
    x = b.input(1, CHANNELS, SIDE, SIDE)
    for i in range(count):
        x = b.add("Relu", x) if i % 2 else b.conv(x, (CHANNELS, CHANNELS), kernel=1)
    return b.model(x)


def mixed(count: int) -> onnx.ModelProto:
    """A chain of `count` nodes of eight kinds, among them convolutions, reshapes and products."""
    b = Builder("mixed")
    x = earlier = b.input(1, CHANNELS, SIDE, SIDE)
    flat = b.constant([1, CHANNELS, SIDE * SIDE], np.int64)
    image = b.constant([1, CHANNELS, SIDE, SIDE], np.int64)
    for i in range(count):
        match i % 8:
            case 0:
                earlier, x = x, b.conv(x, (CHANNELS, CHANNELS))
            case 1:
                x = b.add("Add", x, earlier)
            case 2:
                x = b.add("Reshape", x, flat)
            case 3:
                x = b.add("MatMul", x, b.weight(SIDE * SIDE, SIDE * SIDE, deviation=0.25))
            case 4:
                x = b.add("Softmax", x, axis=-1)
            case 5:
                x = b.add("Reshape", x, image)
            case 6:
                x = b.add("MaxPool", x, kernel_shape=[3, 3], pads=[1, 1, 1, 1])
            case 7:
                x = b.add("Sigmoid", x)
    return b.model(b.add("Identity", x))


def dense(count: int, kernel: int = 3, growth: int = 2) -> onnx.ModelProto:
    """A DenseNet of `count` layers: each convolves the concatenation of all before it and adds `growth` channels."""
    b = Builder("dense")
    parts = [b.input(1, growth, SIDE, SIDE)]
    for i in range(count):
        x = b.add("Concat", *parts, axis=1) if i else parts[0]
        parts.append(b.add("Relu", b.conv(x, (growth * (i + 1), growth), kernel=kernel)))
    return b.model(b.add("GlobalAveragePool", b.add("Concat", *parts, axis=1)))


def chained_dense(count: int, kernel: int = 3, growth: int = 2) -> onnx.ModelProto:
    """The same function, each concatenation made of the last one and of one layer, as many exporters write it."""
    b = Builder("chained_dense")
    whole = b.input(1, growth, SIDE, SIDE)
    for i in range(count):
        part = b.add("Relu", b.conv(whole, (growth * (i + 1), growth), kernel=kernel))
        whole = b.add("Concat", whole, part, axis=1)
    return b.model(b.add("GlobalAveragePool", whole))


def inputs(count: int) -> onnx.ModelProto:
    """`count` inputs, each through an operator of its own, and their sum."""
    b = Builder("inputs")
    total = None
    for i in range(count):
        part = b.add(("Relu", "Sigmoid", "Neg", "Abs", "Tanh")[i % 5], b.input(2, 37))
        total = part if total is None else b.add("Add", total, part)
    return b.model(total)


# By name, with the sizes at which growth shows.
FAMILIES = {
    "elementwise": (elementwise, (1250, 2500, 5000, 10000)),
    "pointwise": (pointwise, (1250, 2500, 5000, 10000)),
    "mixed": (mixed, (1250, 2500, 5000, 10000)),
    "dense 3x3": (dense, (125, 250, 500, 1000)),
    "dense 1x1": (lambda count: dense(count, kernel=1), (125, 250, 500, 1000)),
    "chained dense": (chained_dense, (125, 250, 500, 1000)),
    "inputs": (inputs, (125, 250, 500)),
}
