"""The same network for images of another size: as many layers, less to compute."""

import numpy as np
import onnx
from onnx import numpy_helper


def resized(model: onnx.ModelProto, size: int) -> onnx.ModelProto:
    """`model` for square images of `size`, where its own are square too.

    Sizes in constants that tensors are reshaped to change in proportion; it has to be a whole number.
    """
    result = onnx.ModelProto()
    result.CopyFrom(model)
    graph = result.graph
    weights = {tensor.name for tensor in graph.initializer}
    (image,) = [value for value in graph.input if value.name not in weights]
    dims = image.type.tensor_type.shape.dim
    before = dims[-1].dim_value
    assert dims[-2].dim_value == before, f"images of {dims[-2].dim_value}x{before} are not square"
    dims[-2].dim_value = dims[-1].dim_value = size
    del graph.value_info[:]
    shapes = {node.input[1] for node in graph.node if node.op_type == "Reshape"}
    tensors = [tensor for tensor in graph.initializer if tensor.name in shapes]
    tensors += [node.attribute[0].t for node in graph.node if node.op_type == "Constant" and node.output[0] in shapes]
    for tensor in tensors:
        shape = numpy_helper.to_array(tensor)
        if len(shape) < 4:
            continue
        assert not (shape[-2:] * size % before).any(), f"{shape[-2:]} is not whole for images of {size}"
        shape = np.concatenate([shape[:-2], shape[-2:] * size // before])
        tensor.CopyFrom(numpy_helper.from_array(shape, tensor.name))
    return result
