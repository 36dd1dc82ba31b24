"""Every operator that is imported is folded on small integers, to what onnx's reference evaluator gives.

Sizes are reckoned with by any operator there is. Each row is a node whose operands are known; nothing of it may be left
to be computed, and a shape that it gives is one.
"""

import subprocess

import numpy as np
import onnx
import pytest
from convopt.runtime import find_tool
from convopt.testing.nodes import Nodes

A = np.array([[3, 1, 4], [1, 5, 9]])
B = np.array([[2, 6, 5], [3, 5, 8]])
V = np.array([7, 2, 5, 2])
SMALL = A.astype(np.int32)
HALF = np.array([0.5, 2.6, -1.5, 3.0], np.float32)

# Operator, operands, types of the outputs, attributes.
ROWS = [
    ("Abs", [-A], "int64", {}),
    ("Add", [A, V[:3]], "int64", {}),
    ("And", [A > 2, B > 2], "bool", {}),
    ("ArgMax", [A], "int64", {"axis": 1}),
    ("ArgMin", [A], "int64", {"axis": 0, "keepdims": 0}),
    ("BitShift", [A.astype(np.uint8), np.uint8([[1], [2]])], "uint8", {"direction": "LEFT"}),
    ("BitwiseAnd", [A, B], "int64", {}),
    ("BitwiseNot", [A], "int64", {}),
    ("BitwiseOr", [A, B], "int64", {}),
    ("BitwiseXor", [A, B], "int64", {}),
    ("Cast", [A], "float32", {"to": 1}),
    ("Cast", [HALF], "int64", {"to": 7}),
    ("CastLike", [A, SMALL], "int32", {}),
    ("Ceil", [HALF], "float32", {}),
    ("Clip", [A, np.array(2), np.array(4)], "int64", {}),
    ("Concat", [A, B], "int64", {"axis": 1}),
    ("Concat", [V, V[:2]], "int64", {"axis": 0}),
    ("ConstantOfShape", [V[1:3]], "float32", {}),
    ("CumSum", [A, np.array(1)], "int64", {}),
    ("CumSum", [A, np.array(0)], "int64", {"exclusive": 1, "reverse": 1}),
    ("DepthToSpace", [np.arange(8).reshape(1, 8, 1, 1)], "int64", {"blocksize": 2}),
    ("Div", [A, B], "int64", {}),
    ("Equal", [A, B], "bool", {}),
    ("Exp", [HALF], "float32", {}),
    ("Expand", [V, np.array([2, 4])], "int64", {}),
    ("EyeLike", [A], "int64", {"k": 1}),
    ("Flatten", [A], "int64", {"axis": 0}),
    ("Floor", [HALF], "float32", {}),
    ("Gather", [A, np.array([1, -1])], "int64", {"axis": 1}),
    ("GatherElements", [A, np.array([[0, -1], [2, 0]])], "int64", {"axis": 1}),
    ("GatherND", [A, np.array([[1, 2], [0, 0]])], "int64", {}),
    ("Gemm", [A, B.T.copy()], "int64", {}),
    ("Greater", [A, B], "bool", {}),
    ("GreaterOrEqual", [A, B], "bool", {}),
    ("Identity", [A], "int64", {}),
    ("IsNaN", [HALF], "bool", {}),
    ("Less", [A, B], "bool", {}),
    ("LessOrEqual", [A, B], "bool", {}),
    ("MatMul", [A, B.T.copy()], "int64", {}),
    ("Max", [A, B, V[:3]], "int64", {}),
    ("Mean", [HALF, HALF], "float32", {}),
    ("Min", [A, B], "int64", {}),
    ("Mod", [-A, B], "int64", {}),
    ("Mod", [-A, B], "int64", {"fmod": 1}),
    ("Mul", [A, B], "int64", {}),
    ("Neg", [A], "int64", {}),
    ("Not", [A > 2], "bool", {}),
    ("OneHot", [V[1:], np.array(6), np.array([0, 1])], "int64", {}),
    ("Or", [A > 2, B > 2], "bool", {}),
    ("Pad", [A, np.array([0, 1, 1, 0])], "int64", {}),
    ("Pad", [A, np.array([0, 1, 1, 0])], "int64", {"mode": "edge"}),
    ("Pad", [A, np.array([0, 1, 1, 0])], "int64", {"mode": "reflect"}),
    ("Pow", [A, np.array(2)], "int64", {}),
    ("Range", [np.array(1), np.array(9), np.array(3)], "int64", {}),
    ("Reciprocal", [HALF], "float32", {}),
    ("ReduceMax", [A, np.array([1])], "int64", {}),
    ("ReduceMean", [A.astype(np.float32), np.array([1])], "float32", {}),
    ("ReduceMin", [A, np.array([0])], "int64", {"keepdims": 0}),
    ("ReduceProd", [A, np.array([0])], "int64", {}),
    ("ReduceProd", [V], "int64", {"keepdims": 0}),
    ("ReduceSum", [A, np.array([1])], "int64", {"keepdims": 0}),
    ("ReduceSumSquare", [A, np.array([1])], "int64", {}),
    ("Relu", [-A], "int64", {}),
    ("Reshape", [A, np.array([3, -1])], "int64", {}),
    ("Round", [HALF], "float32", {}),
    ("Shape", [A], "int64", {}),
    ("Sign", [A - 3], "int64", {}),
    ("Size", [A], "int64", {}),
    ("Slice", [A, np.array([2]), np.array([-4]), np.array([1]), np.array([-1])], "int64", {}),
    ("SpaceToDepth", [np.arange(4).reshape(1, 1, 2, 2)], "int64", {"blocksize": 2}),
    ("Split", [V], "int64 int64", {"num_outputs": 2}),
    ("Split", [A, np.array([1, 2])], "int64 int64", {"axis": 1}),
    ("Sqrt", [np.abs(HALF)], "float32", {}),
    ("Squeeze", [A[:1], np.array([0])], "int64", {}),
    ("Sub", [A, B], "int64", {}),
    ("Sum", [HALF, HALF, HALF], "float32", {}),
    ("Tile", [A, np.array([2, 1])], "int64", {}),
    ("TopK", [V, np.array([2])], "int64 int64", {}),
    ("TopK", [A, np.array([2])], "int64 int64", {"axis": 1, "largest": 0}),
    ("Transpose", [A], "int64", {}),
    ("Trilu", [A], "int64", {"upper": 0}),
    ("Unsqueeze", [A, np.array([0, -1])], "int64", {}),
    ("Where", [A > 2, A, B], "int64", {}),
    ("Xor", [A > 2, B > 2], "bool", {}),
]


@pytest.fixture
def nodes():
    """All rows in one model, and one operator whose operand is not known."""
    nodes = Nodes(22)
    nodes.add("Relu", [nodes.input(HALF)])
    for operator, operands, kinds, attributes in ROWS:
        nodes.add(operator, [nodes.constant(np.asarray(value)) for value in operands], kinds.split(), **attributes)
    return nodes


def test_values(nodes):
    names = [name for node in nodes.nodes for name in node.output]
    operators = {name: node.op_type for node in nodes.nodes for name in node.output}
    for name, y, expected in zip(names, nodes.run(), nodes.evaluate(), strict=True):
        expected = np.asarray(expected)
        assert (y.dtype, y.shape) == (expected.dtype, expected.shape), operators[name]
        np.testing.assert_allclose(y, expected, 1e-6, err_msg=operators[name])


def test_nothing_is_left_to_compute(nodes, tmp_path):
    onnx.save(nodes.model(), tmp_path / "model.onnx")
    command = [find_tool(), tmp_path / "model.onnx", "--emit=linalg", "-o", "-"]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    left = [line for line in text.splitlines() if " = " in line and "arith.constant" not in line]
    left = [line for line in left if line.startswith("    %")]
    assert len(left) <= 2, left  # the first node, and what it is written to


@pytest.mark.parametrize("operator", ["Concat", "Split"])
def test_shapes(operator):
    """The shape of an input, split or put together, is that of a constant."""
    nodes = Nodes(17)
    x = nodes.input(np.zeros((1, 2, 3, 4), np.float32))
    shape = nodes.add("Shape", [x], ["int64"])
    if operator == "Split":
        nodes.add("Split", [shape], ["int64", "int64"])
        nodes.add("ConstantOfShape", [nodes.nodes[-1].output[1]])
    else:
        row = nodes.add("Unsqueeze", [shape, nodes.constant(np.array([0]))], ["int64"])
        both = nodes.add("Concat", [row, row], ["int64"], axis=0)
        flat = nodes.add("Reshape", [both, nodes.constant(np.array([-1]))], ["int64"])
        nodes.add("ConstantOfShape", [nodes.add("Slice", [flat, *map(nodes.constant, ([2], [6]))], ["int64"])])
    for y, expected in zip(nodes.run(), nodes.evaluate(), strict=True):
        np.testing.assert_array_equal(y, expected)
