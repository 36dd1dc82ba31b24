"""Many small nodes in one model: one compilation costs more than all of their arithmetic."""

import numpy as np
import onnx
from onnx import helper
from onnx.reference import ReferenceEvaluator

import convopt
from convopt.testing import reference


class Nodes:
    """A model under construction whose every node is an output of its own, with the values of its inputs."""

    def __init__(self, opset: int = 22):
        """No nodes yet."""
        self.opset, self.nodes, self.inputs, self.values = opset, [], [], {}
        self.outputs, self.constants, self.ranks = [], [], {}

    def input(self, value) -> str:
        """An input of the model; its name."""
        name = f"x{len(self.values)}"
        self.values[name] = np.asarray(value)
        kind = helper.np_dtype_to_tensor_dtype(self.values[name].dtype)
        self.inputs.append(helper.make_tensor_value_info(name, kind, self.values[name].shape))
        return name

    def constant(self, value) -> str:
        """An initializer; its name."""
        name = f"c{len(self.constants)}"
        self.constants.append(onnx.numpy_helper.from_array(np.asarray(value), name))
        return name

    def add(self, operator: str, inputs: list, kinds=("float32",), rank=None, **attributes) -> str:
        """A node whose outputs of numpy types `kinds` are outputs of the model; the name of the first.

        rank: of its outputs, where neither ONNX's inference gives it nor the first input has it.
        """
        names = [f"y{len(self.outputs) + i}" for i in range(len(kinds))]
        self.nodes.append(helper.make_node(operator, inputs, names, name=f"{operator}{len(self.nodes)}", **attributes))
        self.ranks |= {name: rank for name in names if rank is not None}
        for name, kind in zip(names, kinds, strict=True):
            tensor = helper.np_dtype_to_tensor_dtype(np.dtype(kind))
            self.outputs.append(helper.make_tensor_value_info(name, tensor, None))
        return names[0]

    def model(self) -> onnx.ModelProto:
        """What has been added so far; it states the ranks of its outputs, not their sizes."""
        graph = helper.make_graph(self.nodes, "nodes", self.inputs, self.outputs, self.constants)
        opsets = [helper.make_opsetid("", self.opset)]
        if any(node.domain for node in self.nodes):
            opsets.append(helper.make_opsetid("ai.onnx.ml", 5))
        model = helper.make_model(graph, opset_imports=opsets, ir_version=10)
        inferred = onnx.shape_inference.infer_shapes(model, data_prop=True).graph.output
        first = {name: self.rank(node.input[0]) for node in self.nodes for name in node.output}
        for output, known in zip(model.graph.output, inferred, strict=True):
            tensor = known.type.tensor_type
            rank = len(tensor.shape.dim) if tensor.HasField("shape") else first[output.name]
            rank = self.ranks.get(output.name, rank)
            shape = output.type.tensor_type.shape
            shape.SetInParent()
            for _ in range(rank):
                shape.dim.add()
        return model

    def rank(self, name: str) -> int:
        """The number of dimensions of an input or constant; that of a node's output is its first input's."""
        if name in self.values:
            return self.values[name].ndim
        for tensor in self.constants:
            if tensor.name == name:
                return len(tensor.dims)
        return next(self.rank(node.input[0]) for node in self.nodes if name in node.output)

    def run(self) -> list:
        """What convopt computes."""
        return convopt.compile(self.model()).run(list(self.values.values()))

    def onnxruntime(self) -> list:
        """What ONNX Runtime computes."""
        return reference.run(self.model().SerializeToString(), list(self.values.values()))

    def evaluate(self) -> list:
        """What onnx's reference evaluator computes."""
        return ReferenceEvaluator(self.model()).run(None, self.values)
