"""Writes ONNX networks in few lines, with random weights that keep values in a sane range."""

import math

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


class Builder:
    """A graph under construction; values are the names that add() and its kin return."""

    def __init__(self, name: str, opset: int = 17, seed: int = 0):
        """An empty graph."""
        self.name, self.opset = name, opset
        self.generator = np.random.default_rng(seed)
        self.nodes, self.weights, self.inputs = [], [], []

    def input(self, *shape: int) -> str:
        """An f32 input of the graph."""
        name = f"input{len(self.inputs)}"
        self.inputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, shape))
        return name

    def constant(self, value, dtype=np.float32) -> str:
        """An initializer."""
        name = f"constant{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(np.asarray(value, dtype), name))
        return name

    def weight(self, *shape: int, mean: float = 0, deviation: float | None = None) -> str:
        """A random initializer; its deviation follows from the elements beyond the first dimension."""
        if deviation is None:
            deviation = math.sqrt(2 / max(1, math.prod(shape[1:])))
        return self.constant(self.generator.normal(mean, deviation, shape))

    def add(self, operator: str, *inputs: str, outputs: int = 1, **attributes):
        """A node; its output, or a list if there are several."""
        names = [f"{operator.lower()}{len(self.nodes)}_{i}" for i in range(outputs)]
        self.nodes.append(helper.make_node(operator, inputs, names, **attributes))
        return names[0] if outputs == 1 else names

    def conv(self, x: str, channels: tuple, kernel=3, bias: bool = True, group: int = 1, **attributes) -> str:
        """A Conv from channels[0] to channels[1], padded to keep the size unless told otherwise."""
        height, width = (kernel, kernel) if isinstance(kernel, int) else kernel
        if "pads" not in attributes and "auto_pad" not in attributes:
            attributes["pads"] = [height // 2, width // 2] * 2
        operands = [x, self.weight(channels[1], channels[0] // group, height, width)]
        if bias:
            operands.append(self.weight(channels[1], deviation=0.1))
        return self.add("Conv", *operands, group=group, **attributes)

    def batch_norm(self, x: str, channels: int) -> str:
        """A BatchNormalization near the identity."""
        scale, variance = (self.weight(channels, mean=1, deviation=0.1) for _ in range(2))
        bias, mean = (self.weight(channels, deviation=0.1) for _ in range(2))
        return self.add("BatchNormalization", x, scale, bias, mean, variance)

    def model(self, *outputs: str) -> onnx.ModelProto:
        """The checked model with its shapes inferred."""
        values = [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs]
        graph = helper.make_graph(self.nodes, self.name, self.inputs, values, self.weights)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", self.opset)], ir_version=8)
        model = onnx.shape_inference.infer_shapes(model, check_type=True, strict_mode=True, data_prop=True)
        onnx.checker.check_model(model)
        return model
