"""Models that are not quite what ONNX asks for, and that other engines run."""

import numpy as np
import onnx
from convopt import compile_file
from convopt.runtime import Model
from onnx import TensorProto, helper


def model(nodes, inputs, output):
    """A graph of these nodes; `inputs` by name."""
    values = [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in inputs.items()]
    graph = helper.make_graph(nodes, "lenient", values, [output])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def run(proto, folder, arrays, **options):
    """What convopt computes."""
    onnx.save(proto, folder / "model.onnx")
    compile_file(folder / "model.onnx", folder / "model.so", emit="shared", **options)
    return Model(folder / "model.so").run(arrays)


def test_one_name_for_sizes_that_differ(tmp_path):
    """Paddle calls every size that it does not know "?", and writes -1 as well."""
    output = helper.make_tensor_value_info("y", TensorProto.FLOAT, [-1, 3, "?", "?"])
    proto = model([helper.make_node("Neg", ["x"], ["y"])], {"x": [-1, 3, "?", "?"]}, output)
    x = np.ones((2, 3, 4, 5), np.float32)
    (y,) = run(proto, tmp_path, [x], shapes={"x": x.shape})
    np.testing.assert_array_equal(y, -x)


def test_an_output_without_type(tmp_path):
    proto = model([helper.make_node("Neg", ["x"], ["y"])], {"x": [2, 3]}, onnx.ValueInfoProto(name="y"))
    x = np.ones((2, 3), np.float32)
    np.testing.assert_array_equal(run(proto, tmp_path, [x])[0], -x)


def test_an_input_whose_shape_is_given_alone(tmp_path):
    proto = model([helper.make_node("Neg", ["x"], ["y"])], {"x": None}, onnx.ValueInfoProto(name="y"))
    x = np.ones((2, 3), np.float32)
    np.testing.assert_array_equal(run(proto, tmp_path, [x], shapes={"x": x.shape})[0], -x)


def test_nodes_out_of_order_in_a_branch(tmp_path):
    inner = helper.make_graph(
        [helper.make_node("Neg", ["a"], ["b"]), helper.make_node("Abs", ["x"], ["a"])],
        "branch",
        [],
        [onnx.ValueInfoProto(name="b")],
    )
    nodes = [
        helper.make_node("If", ["c"], ["y"], then_branch=inner, else_branch=inner),
        helper.make_node("Constant", [], ["c"], value=helper.make_tensor("t", TensorProto.BOOL, [], [True])),
    ]
    proto = model(nodes, {"x": [2, 3]}, onnx.ValueInfoProto(name="y"))
    x = -np.ones((2, 3), np.float32)
    np.testing.assert_array_equal(run(proto, tmp_path, [x])[0], x)


def test_a_range_of_lists_of_one_number(tmp_path):
    output = helper.make_tensor_value_info("y", TensorProto.INT64, ["n"])
    nodes = [
        helper.make_node("Range", ["first", "last", "step"], ["numbers"]),
        helper.make_node("Add", ["numbers", "x"], ["y"]),
    ]
    proto = model(nodes, {}, output)
    proto.graph.input.append(helper.make_tensor_value_info("x", TensorProto.INT64, [1]))
    for name, value in (("first", 2), ("last", 9), ("step", 3)):
        proto.graph.initializer.append(helper.make_tensor(name, TensorProto.INT64, [1], [value]))
    np.testing.assert_array_equal(run(proto, tmp_path, [np.int64([1])])[0], [3, 6, 9])
