"""Tensors without elements: an empty batch gives an empty output, a sum over nothing is its initial value."""

import numpy as np
import onnx
import pytest
from convopt import compile
from convopt.testing import reference
from convopt.testing.builder import Builder
from onnx import helper, numpy_helper
from onnx.reference import ReferenceEvaluator

TYPES = {"f32": np.float32, "f16": np.float16, "i32": np.int32}


def weight(*shape):
    return np.arange(np.prod(shape, dtype=int)).reshape(shape) % 5 - 2


def case(operator, x, *weights, **attributes):
    """A node of `operator` on an input of the shape `x` and on constants, each an array or the shape of one."""
    return operator, x, [w if isinstance(w, np.ndarray) else weight(*w) for w in weights], attributes


# By name: whether onnx's reference evaluator computes it, and the node.
NODES = {
    "conv_batch": (False, case("Conv", (0, 3, 5, 5), (4, 3, 3, 3))),
    "conv_batch_bias_padding": (False, case("Conv", (0, 3, 5, 5), (4, 3, 3, 3), (4,), pads=[1, 1, 1, 1])),
    "conv_grouped_batch": (False, case("Conv", (0, 8, 6, 6), (8, 4, 3, 3), (8,), group=2, strides=[2, 2])),
    "conv_depthwise_batch": (False, case("Conv", (0, 8, 6, 6), (8, 1, 3, 3), group=8, pads=[1, 1, 1, 1])),
    "conv_pointwise_batch": (False, case("Conv", (0, 8, 6, 6), (16, 8, 1, 1))),
    "conv_1d_batch": (False, case("Conv", (0, 3, 9), (4, 3, 3))),
    "conv_transpose_batch": (False, case("ConvTranspose", (0, 3, 5, 5), (3, 4, 3, 3), strides=[2, 2])),
    "max_pool_batch": (False, case("MaxPool", (0, 3, 6, 6), kernel_shape=[2, 2], strides=[2, 2])),
    "average_pool_batch": (False, case("AveragePool", (0, 3, 6, 6), kernel_shape=[3, 3], pads=[1, 1, 1, 1])),
    "global_pool_batch": (False, case("GlobalAveragePool", (0, 3, 6, 6))),
    "softmax_batch": (False, case("Softmax", (0, 7))),
    "relu_batch": (True, case("Relu", (0, 3))),
    "gemm_batch": (True, case("Gemm", (0, 6), (6, 4), (4,))),
    "gemm_nothing": (True, case("Gemm", (2, 0), (0, 4), (4,))),
    "gemm_nothing_transposed": (True, case("Gemm", (2, 0), (4, 0), (4,), transB=1, beta=2.0)),
    "matmul_nothing": (True, case("MatMul", (2, 0), (0, 4))),
    "matmul_nothing_batches": (True, case("MatMul", (3, 2, 0), (3, 0, 4))),
    "matmul_no_columns": (True, case("MatMul", (2, 3), (3, 0))),
    "matmul_no_rows": (True, case("MatMul", (0, 3), (3, 4))),
    "reduce_sum_nothing": (True, case("ReduceSum", (2, 0, 4), np.array([1]), keepdims=0)),
    "reduce_sum_batch": (True, case("ReduceSum", (0, 3, 4), np.array([2]), keepdims=1)),
    "concat_nothing": (True, case("Concat", (2, 0), (2, 3), axis=1)),
    "concat_batch": (True, case("Concat", (0, 2), (0, 3), axis=1)),
    "concat_only_nothing": (True, case("Concat", (2, 0), (3, 0), axis=0)),
    "transpose_batch": (True, case("Transpose", (0, 2, 3), perm=[2, 0, 1])),
    "tile_nothing": (True, case("Tile", (2, 0), np.array([2, 3]))),
    "pad_batch": (True, case("Pad", (0, 3), np.array([0, 1, 0, 1]))),
    "pad_nothing": (True, case("Pad", (2, 0), np.array([0, 1, 0, 2]))),
}
CASES = [(name, element) for element in ("f32", "f16") for name in NODES]
CASES += [("matmul_nothing", "i32"), ("reduce_sum_nothing", "i32")]


@pytest.mark.parametrize("name, element", CASES)
def test_node(name, element):
    known, (operator, shape, weights, attributes) = NODES[name]
    dtype = TYPES[element]
    # Axes and amounts are integers whatever the data are.
    arrays = [w if operator in ("ReduceSum", "Pad", "Tile") else w.astype(dtype) for w in weights]
    initializers = [numpy_helper.from_array(array, f"w{i}") for i, array in enumerate(arrays)]
    kind = helper.np_dtype_to_tensor_dtype(np.dtype(dtype))
    node = helper.make_node(operator, ["x", *(w.name for w in initializers)], ["y"], **attributes)
    x, y = helper.make_tensor_value_info("x", kind, shape), helper.make_tensor_value_info("y", kind, None)
    graph = helper.make_graph([node], "empty", [x], [y], initializers)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    model = onnx.shape_inference.infer_shapes(model, strict_mode=True)
    sizes = [d.dim_value for d in model.graph.output[0].type.tensor_type.shape.dim]

    data = np.ones(shape, dtype)
    (actual,) = compile(model).run([data])
    assert actual.dtype == dtype and list(actual.shape) == sizes
    if known:
        (expected,) = ReferenceEvaluator(model).run(None, {"x": data})
        np.testing.assert_array_equal(actual, expected)
    else:
        assert actual.size == 0


@pytest.mark.parametrize("operator", ["Conv", "ConvTranspose"])
@pytest.mark.parametrize("channels, filters", [(0, 4), (3, 0)])
def test_convolution_without_channels(operator, channels, filters):
    b = Builder("empty")
    filter_shape = (filters, channels) if operator == "Conv" else (channels, filters)
    x = b.add(operator, b.input(1, channels, 5, 5), b.weight(*filter_shape, 3, 3), b.weight(filters))
    model = b.model(b.add("Relu", x))
    data = np.zeros((1, channels, 5, 5), np.float32)
    (ran,) = reference.run(model.SerializeToString(), [data])
    # A sum of no products is the bias. ONNX Runtime forgets that and leaves memory as it was, its Conv only on some CPUs.
    bias = numpy_helper.to_array(next(w for w in model.graph.initializer if list(w.dims) == [filters]))
    expected = np.broadcast_to(np.maximum(bias, 0)[:, None, None], ran.shape)
    (actual,) = compile(model).run([data])
    np.testing.assert_array_equal(actual, expected)


def test_empty_batch_through_a_network():
    b = Builder("empty")
    x = b.add("Relu", b.batch_norm(b.conv(b.input(0, 3, 12, 12), (3, 8)), 8))
    x = b.add("Add", x, b.add("Sigmoid", b.conv(x, (8, 8), group=8)))
    x = b.add("Concat", x, b.conv(x, (8, 4), kernel=1), axis=1)
    x = b.add("Flatten", b.add("GlobalAveragePool", b.add("MaxPool", x, kernel_shape=[2, 2], strides=[2, 2])))
    model = b.model(b.add("Softmax", b.add("Gemm", x, b.weight(12, 5), b.weight(5))))
    (actual,) = compile(model).run([np.zeros((0, 3, 12, 12), np.float32)])
    assert actual.shape == (0, 5)
