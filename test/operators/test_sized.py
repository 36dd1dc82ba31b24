"""What follows from sizes that depend on data: true sizes of everything behind NonMaxSuppression, NonZero, Compress."""

import convopt
import numpy as np
import pytest
from convopt.testing.nodes import Nodes


def ints(nodes, *values):
    return nodes.constant(np.int64(values))


def selected(nodes, generator, count=20):
    """Boxes, scores and what is selected of them."""
    corner = generator.uniform(0, 30, (1, count, 2))
    boxes = np.concatenate([corner, corner + generator.uniform(1, 30, (1, count, 2))], -1).astype(np.float32)
    scores = generator.uniform(0, 1, (1, 2, count)).astype(np.float32)
    numbers = [ints(nodes, 9), nodes.constant(np.float32([0.3])), nodes.constant(np.float32([0.2]))]
    names = [nodes.input(boxes), nodes.input(scores)]
    return *names, nodes.add("NonMaxSuppression", names + numbers, ["int64"])


def check(nodes):
    for number, (actual, wanted) in enumerate(zip(nodes.run(), nodes.onnxruntime(), strict=True)):
        assert actual.shape == wanted.shape, f"y{number}"
        np.testing.assert_allclose(actual, wanted, 1e-5, 1e-6, err_msg=f"y{number}")


def test_detections_are_gathered(generator):
    nodes = Nodes(13)
    boxes, scores, rows = selected(nodes, generator)
    column = nodes.add("Gather", [rows, ints(nodes, 2)], ["int64"], axis=1)
    flat = nodes.add("Squeeze", [column, ints(nodes, 1)], ["int64"])
    taken = nodes.add("Gather", [boxes, flat], axis=1)
    nodes.add("Squeeze", [taken, ints(nodes, 0)])
    nodes.add("GatherND", [scores, rows])
    klass = nodes.add("Slice", [rows, ints(nodes, 1), ints(nodes, 2), ints(nodes, 1)], ["int64"])
    number = nodes.add("Cast", [klass], ["float32"], to=1)
    nodes.add("Concat", [number, number], axis=1)
    nodes.add("Reshape", [taken, ints(nodes, -1, 4)])
    nodes.add("Unsqueeze", [flat, ints(nodes, 0)], ["int64"])
    nodes.add("Transpose", [rows], ["int64"], perm=[1, 0])
    check(nodes)


def test_arithmetic_and_reductions(generator):
    nodes = Nodes(13)
    x = nodes.input(generator.standard_normal((6, 8)).astype(np.float32))
    mask = nodes.input(np.array([1, 0, 1, 1, 0, 1], bool))
    kept = nodes.add("Compress", [x, mask], axis=0)
    twice = nodes.add("Add", [kept, kept])
    nodes.add("Sigmoid", [twice])
    nodes.add("Softmax", [twice], axis=1)
    nodes.add("ReduceSum", [twice, ints(nodes, 0)], keepdims=0)
    nodes.add("ReduceMax", [twice], axes=[0, 1])
    nodes.add("ReduceMin", [twice], axes=[1])
    weights = nodes.constant(generator.standard_normal((8, 3)).astype(np.float32))
    nodes.add("MatMul", [twice, weights])
    nodes.add("Gemm", [twice, weights])
    nodes.add("ArgMax", [twice], ["int64"], axis=1, keepdims=0)
    check(nodes)


def test_parts_along_the_open_axis(generator):
    nodes = Nodes(13)
    x = nodes.input(generator.standard_normal((9, 4)).astype(np.float32))
    kept = nodes.add("Compress", [x, nodes.input(np.arange(9) % 3 != 1)], axis=0)
    huge = np.iinfo(np.int64).max
    for start, end, step in [(0, 4, 1), (2, huge, 1), (1, -1, 2), (-3, huge, 1), (-4, -1, 2), (5, 100, 1), (8, 9, 1)]:
        nodes.add("Slice", [kept, ints(nodes, start), ints(nodes, end), ints(nodes, 0), ints(nodes, step)])
    nodes.add("Concat", [kept, x, kept], axis=0)
    nodes.add("Gather", [kept, nodes.input(np.int64([0, -1, 2, -2]))], axis=0)
    check(nodes)


def test_shapes_of_what_is_open(generator):
    nodes = Nodes(13)
    x = nodes.input(generator.standard_normal((9, 4, 2)).astype(np.float32))
    kept = nodes.add("Compress", [x, nodes.input(np.arange(9) % 4 != 1)], axis=0)
    shape = nodes.add("Shape", [kept], ["int64"])
    nodes.add("Size", [kept], ["int64"])
    count = nodes.add("Slice", [shape, ints(nodes, 0), ints(nodes, 1)], ["int64"])
    flat = nodes.add("Concat", [count, ints(nodes, -1)], ["int64"], axis=0)
    nodes.add("Reshape", [kept, flat], rank=2)
    wide = nodes.add("Concat", [count, ints(nodes, 3)], ["int64"], axis=0)
    nodes.add("Expand", [nodes.input(np.float32([[1, 2, 3]])), wide], rank=2)
    nodes.add("ConstantOfShape", [count], rank=1)
    scalar = nodes.add("Squeeze", [count, ints(nodes, 0)], ["int64"])
    nodes.add("Range", [nodes.constant(np.int64(0)), scalar, nodes.constant(np.int64(1))], ["int64"], rank=1)
    nodes.add("Reshape", [kept, ints(nodes, -1)])
    nodes.add("Flatten", [kept])
    check(nodes)


def test_regions_are_pooled(generator):
    nodes = Nodes(16)
    boxes, _, rows = selected(nodes, generator)
    column = nodes.add("Gather", [rows, nodes.constant(np.int64(2))], ["int64"], axis=1)
    batch = nodes.add("Gather", [rows, nodes.constant(np.int64(0))], ["int64"], axis=1)
    regions = nodes.add("Gather", [nodes.add("Squeeze", [boxes, ints(nodes, 0)]), column])
    image = nodes.input(generator.standard_normal((1, 4, 30, 30)).astype(np.float32))
    pooled = nodes.add("RoiAlign", [image, regions, batch], output_height=3, output_width=3)
    filters = nodes.constant(generator.standard_normal((5, 4, 3, 3)).astype(np.float32))
    row = nodes.add("Flatten", [nodes.add("Conv", [pooled, filters])])
    nodes.add("Softmax", [row])
    check(nodes)


def test_what_mixes_elements_leaves_out_what_is_not_there(generator):
    nodes = Nodes(13)
    x = nodes.input(generator.standard_normal((9, 4)).astype(np.float32) - 5)
    kept = nodes.add("Compress", [x, nodes.input(np.arange(9) % 3 != 1)], axis=0)
    nodes.add("ReduceMean", [kept], axes=[0])
    nodes.add("ReduceMean", [kept])
    nodes.add("ReduceLogSumExp", [kept], axes=[0, 1], keepdims=0)
    nodes.add("ArgMax", [kept], ["int64"], axis=0, keepdims=0)
    nodes.add("ArgMin", [nodes.add("Neg", [kept])], ["int64"], axis=0)
    nodes.add("TopK", [kept, ints(nodes, 2)], ["float32", "int64"], axis=0)
    nodes.add("TopK", [kept, ints(nodes, 6)], ["float32", "int64"], axis=0, largest=0)
    nodes.add("TopK", [kept, ints(nodes, 3)], ["float32", "int64"], axis=1)
    check(nodes)


@pytest.mark.parametrize("limit", [3, 7])
def test_as_many_as_there_are_but_no_more_than_a_limit(limit, generator):
    nodes = Nodes(13)
    x = nodes.input(generator.standard_normal(9).astype(np.float32) - 5)
    kept = nodes.add("Compress", [x, nodes.input(np.arange(9) % 3 != 1)], axis=0)
    count = nodes.add("Min", [nodes.add("Shape", [kept], ["int64"]), ints(nodes, limit)], ["int64"])
    nodes.add("TopK", [kept, count], ["float32", "int64"])
    check(nodes)


def test_one_element_or_none_is_broadcast(generator):
    """ONNX Runtime refuses to broadcast nothing to something, as numpy does not."""
    nodes = Nodes(13)
    x, y = (generator.standard_normal(shape).astype(np.float32) for shape in ((1, 4), (3, 4)))
    for flag in (True, False):
        kept = nodes.add("Compress", [nodes.input(x), nodes.input(np.array([flag]))], axis=0)
        nodes.add("Add", [kept, nodes.input(y)])
    one, sums, none, nothing = nodes.run()
    np.testing.assert_array_equal(one, x)
    np.testing.assert_array_equal(sums, x + y)
    assert none.shape == nothing.shape == (0, 4)


def test_what_need_not_be_equal_does_not_meet(generator):
    for operator, other in [("Add", (6, 8)), ("Gemm", (6, 8)), ("MatMul", (6, 8, 8))]:
        nodes = Nodes(13)
        shape = (6, 8, 8) if operator == "MatMul" else (6, 8)
        x = nodes.input(generator.standard_normal(shape).astype(np.float32))
        kept = nodes.add("Compress", [x, nodes.input(np.ones(6, bool))], axis=0)
        operands = [kept, nodes.input(np.ones(other, np.float32))]
        if operator == "Gemm":
            operands.insert(1, nodes.input(np.ones((8, 8), np.float32)))
        nodes.add(operator, operands)
        with pytest.raises(convopt.CompileError, match="a size that depends on data meets one that does not"):
            convopt.compile(nodes.model())


@pytest.mark.parametrize(
    "operator, operands, attributes",
    [
        ("Reshape", [[2, -1]], {}),
        ("Slice", [[-3], [2], [0]], {}),
        ("ArgMax", [], {"axis": 0, "select_last_index": 1}),
        ("CumSum", [[0]], {}),
    ],
)
def test_what_has_no_bound_is_refused_by_name(operator, operands, attributes, generator):
    nodes = Nodes(13)
    x = nodes.input(generator.standard_normal((6, 8)).astype(np.float32))
    kept = nodes.add("Compress", [x, nodes.input(np.ones(6, bool))], axis=0)
    kind = "int64" if operator == "ArgMax" else "float32"
    nodes.add(operator, [kept, *(ints(nodes, *values) for values in operands)], [kind], **attributes)
    with pytest.raises(convopt.CompileError) as error:
        convopt.compile(nodes.model())
    assert f"node '{operator}1' ({operator})" in str(error.value) and "\n" not in str(error.value)
