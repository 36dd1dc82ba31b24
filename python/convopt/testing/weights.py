"""Fill networks that are stored without weights.

python -m convopt.testing.weights TOPOLOGY.onnx OUT.onnx

The topologies in test/models name, in the doc_string of a tensor without data, the distribution of
its elements: 'normal MEAN STD'. The light_* networks of the onnx package make every weight by a
ConstantOfShape, all elements equal; compiled as they are, every output would be the same number
and a comparison would prove nothing, so they get random weights too, scaled by what reads them.
Either way the generator is seeded with the crc32 of the tensor's name: the same network everywhere.
"""

import math
import sys
import zlib

import numpy as np
import onnx
from onnx import numpy_helper


def normal(name: str, mean: float, deviation: float, shape) -> onnx.TensorProto:
    """A float tensor called `name` of normally distributed elements."""
    generator = np.random.default_rng(zlib.crc32(name.encode()))
    data = generator.normal(mean, deviation, tuple(shape)).astype(np.float32)
    return numpy_helper.from_array(data, name)


def expand_topology(model: onnx.ModelProto) -> onnx.ModelProto:
    """Fills, in place, every tensor whose doc_string says how."""
    for tensor in model.graph.initializer:
        if tensor.doc_string.startswith("normal ") and not tensor.raw_data:
            mean, deviation = map(float, tensor.doc_string.split()[1:])
            tensor.CopyFrom(normal(tensor.name, mean, deviation, tensor.dims))
    return model


def _distribution(model: onnx.ModelProto, reader: onnx.NodeProto, slot: int, shape) -> tuple:
    """Mean and deviation for operand `slot` of `reader`, so that values keep their size."""
    residual = any(node.op_type == "Sum" for node in model.graph.node)
    if reader.op_type == "Conv" and slot == 1:
        return 0.0, math.sqrt(2 / math.prod(shape[1:]))
    if reader.op_type == "Gemm" and slot == 1:
        return 0.0, math.sqrt(2 / shape[1])  # all of them have transB
    if reader.op_type == "BatchNormalization" and slot in (1, 4):
        # Branches that are added up again must be smaller than their sum.
        return (0.6 if residual and slot == 1 else 1.0), 0.05
    if reader.op_type == "Unsqueeze" and any(
        node.op_type == "Mul" and reader.output[0] in node.input for node in model.graph.node
    ):
        return 1.0, 0.05
    return 0.0, 0.05


def randomise_light(model: onnx.ModelProto) -> onnx.ModelProto:
    """Replaces, in place, the constant weights of a light_* network by random ones."""
    graph = model.graph
    shapes = {t.name: numpy_helper.to_array(t) for t in graph.initializer}
    readers = {}
    for node in graph.node:
        for slot, name in enumerate(node.input):
            readers.setdefault(name, (node, slot))
    constants = [node for node in graph.node if node.op_type == "ConstantOfShape"]
    for node in constants:
        reader, slot = readers[node.output[0]]
        shape = shapes[node.input[0]].tolist()
        mean, deviation = _distribution(model, reader, slot, shape)
        graph.initializer.append(normal(node.output[0], mean, deviation, shape))
        graph.node.remove(node)
    # From IR version 4 an initializer need not be an input of the graph as well.
    model.ir_version = max(model.ir_version, 4)
    names = {t.name for t in graph.initializer}
    for value in [value for value in graph.input if value.name in names]:
        graph.input.remove(value)
    return model


if __name__ == "__main__":
    onnx.save(expand_topology(onnx.load(sys.argv[1])), sys.argv[2])
