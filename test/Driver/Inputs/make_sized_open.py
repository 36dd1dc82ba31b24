"""make_sized_open.py OUT.onnx: outputs of a vector x: where it is not 0; x + x; and as integers, of 9 elements or more
only where those are not 0, so that this output depends on data in some sizes alone.
"""

import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


def branch(name, nodes):
    value = helper.make_tensor_value_info(name, TensorProto.INT64, None)
    return helper.make_graph(nodes, name, [], [value])


constants = [numpy_helper.from_array(np.int64(value), name) for name, value in [("limit", [8]), ("first", [0])]]
long = [helper.make_node("NonZero", ["x"], ["long"])]
short = [
    helper.make_node("Cast", ["x"], ["whole"], to=TensorProto.INT64),
    helper.make_node("Unsqueeze", ["whole", "first"], ["short"]),
]
nodes = [
    helper.make_node("NonZero", ["x"], ["places"]),
    helper.make_node("Add", ["x", "x"], ["twice"]),
    helper.make_node("Shape", ["x"], ["shape"]),
    helper.make_node("Greater", ["shape", "limit"], ["isLong"]),
    helper.make_node(
        "If", ["isLong"], ["numbers"], then_branch=branch("long", long), else_branch=branch("short", short)
    ),
]
graph = helper.make_graph(
    nodes,
    "open",
    [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n"])],
    [
        helper.make_tensor_value_info("places", TensorProto.INT64, [1, "count"]),
        helper.make_tensor_value_info("twice", TensorProto.FLOAT, ["n"]),
        helper.make_tensor_value_info("numbers", TensorProto.INT64, [1, "some"]),
    ],
    constants,
)
onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), sys.argv[1])
