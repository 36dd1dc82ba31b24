"""Graphs within graphs. The evaluator joins what a loop collects of scalars, or in no iteration, in another way."""

import numpy as np
import onnx
from onnx import helper

from convopt.testing.corners import Known, given, numbers

FLOAT, BOOL, INT64 = onnx.TensorProto.FLOAT, onnx.TensorProto.BOOL, onnx.TensorProto.INT64


def _value(name: str, kind: int, *shape: int) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, kind, shape)


def _branch(operator: str, shape: tuple) -> onnx.GraphProto:
    """A constant through one operator: what a branch reads from outside has other names in every case."""
    constant = onnx.numpy_helper.from_array(numbers(*shape))
    nodes = [helper.make_node("Constant", [], ["c"], value=constant), helper.make_node(operator, ["c"], ["r"])]
    return helper.make_graph(nodes, operator, [], [_value("r", FLOAT, *shape)])


def _if(*shape: int):
    return given(np.array(True), then_branch=_branch("Relu", shape), else_branch=_branch("Neg", shape))


def _loop(count: int, *shape: int):
    """A state and what is collected of it."""
    nodes = [
        helper.make_node("Identity", ["go"], ["going"]),
        helper.make_node("Sqrt", ["s"], ["t"]),
        helper.make_node("Neg", ["s"], ["u"]),
    ]
    values = [_value("i", INT64), _value("go", BOOL), _value("s", FLOAT, *shape)]
    results = [_value("going", BOOL), _value("t", FLOAT, *shape), _value("u", FLOAT, *shape)]
    body = helper.make_graph(nodes, "body", values, results)
    return given(Known(count), Known(True, bool), numbers(*shape), outputs=2, judge="onnxruntime", body=body)


def _scan(length: int, *shape: int, judge="onnxruntime"):
    """A running sum."""
    nodes = [helper.make_node("Add", ["s", "x"], ["t"]), helper.make_node("Neg", ["t"], ["u"])]
    values = [_value("s", FLOAT, *shape), _value("x", FLOAT, *shape)]
    results = [_value("t", FLOAT, *shape), _value("u", FLOAT, *shape)]
    body = helper.make_graph(nodes, "body", values, results)
    operands = numbers(*shape), numbers(length, *shape)
    return given(*operands, outputs=2, judge=judge, body=body, num_scan_inputs=1)


def rows():
    """The rows of this family."""
    yield "If", {"batch": _if(0, 3), "empty": _if(2, 0), "scalar": _if()}
    yield "Loop", {"batch": _loop(2, 0, 3), "empty": [_loop(0, 2, 3), _loop(2, 2, 0)], "scalar": _loop(2)}
    yield (
        "Scan",
        {
            "batch": _scan(2, 0, 3),
            "empty": [_scan(0, 2, 3, judge=[numbers(2, 3), numbers(0, 2, 3)]), _scan(2, 2, 0)],
            "scalar": _scan(2),
        },
    )
