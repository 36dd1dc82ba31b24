"""ONNX Runtime's operators on 8-bit integers give what it gives, but for quanta between which a number lies halfway.

The two round one number after other operations, so a few results may be one quantum apart: as many as each test allows.
"""

import convopt
import numpy as np
import pytest
from convopt.testing import reference
from onnx import TensorProto, helper
from test_onnxruntime_operators import model

KINDS = (np.uint8, np.int8)
SHAPE = (2, 10, 25, 40)


def compare(operator, operands, constants, ties=0, expected=None, **attributes):
    """At most `ties` elements differ, by one quantum."""
    proto, inputs = model(operator, operands, constants, (1,), "com.microsoft", attributes)
    if expected is None:
        (expected,) = reference.run(proto.SerializeToString(), inputs)
    (y,) = convopt.compile(proto).run(inputs)
    assert (y.dtype, y.shape) == (expected.dtype, expected.shape)
    if y.dtype == np.float32:
        np.testing.assert_array_equal(y, expected)
        return
    apart = np.abs(y.astype(int) - expected.astype(int))
    assert apart.max(initial=0) <= 1 and (apart != 0).sum() <= ties, (apart.max(), (apart != 0).sum())
    assert len(np.unique(y)) > 8


class Quantised:
    """Random operands with their scales and zero points."""

    def __init__(self, generator, kind):
        self.generator, self.kind = generator, kind

    def numbers(self, *shape):
        limits = np.iinfo(self.kind)
        return self.generator.integers(limits.min, limits.max + 1, shape or SHAPE).astype(self.kind)

    def grain(self, least, most, spread=25):
        zero = np.iinfo(self.kind).min + 128 + self.generator.integers(-spread, spread + 1)
        return np.float32(self.generator.uniform(least, most)), self.kind(zero)


@pytest.fixture(params=KINDS, ids=["u8", "s8"])
def q(generator, request):
    return Quantised(generator, request.param)


@pytest.mark.parametrize("operator, ties", [("QLinearAdd", 2), ("QLinearMul", 2)])
def test_binary(q, operator, ties):
    result = q.grain(0.03, 0.05) if operator == "QLinearAdd" else q.grain(0.02, 0.03)
    a, b = (q.numbers(), *q.grain(0.01, 0.03)), (q.numbers(), *q.grain(0.01, 0.03))
    compare(operator, [*a, *b, *result], (1, 2, 4, 5, 6, 7), ties)
    row = (q.numbers(40), *q.grain(0.01, 0.03))
    compare(operator, [*a, *row, *result], (1, 2, 3, 4, 5, 6, 7), ties)


@pytest.mark.parametrize("operator, given", [("QLinearSigmoid", {}), ("QLinearLeakyRelu", {"alpha": 0.1})])
def test_unary(q, operator, given):
    result = q.grain(0.003, 0.004) if operator == "QLinearSigmoid" else q.grain(0.02, 0.03)
    compare(operator, [q.numbers(), *q.grain(0.02, 0.03), *result], (1, 2, 3, 4), **given)


@pytest.mark.parametrize("given", [{"axis": 1, "opset": 12}, {"axis": -1, "opset": 13}, {"axis": 1, "opset": 13}])
def test_softmax(q, given):
    """ONNX Runtime takes the exponentials from a table."""
    result = np.float32(1 / 256), q.kind(np.iinfo(q.kind).min)
    compare("QLinearSoftmax", [q.numbers(50, 20, 20), *q.grain(0.05, 0.06), *result], (1, 2, 3, 4), 2, **given)


@pytest.mark.parametrize("last", [0, 1])
def test_pools(q, last):
    x, result = (q.numbers(), *q.grain(0.02, 0.03)), q.grain(0.012, 0.015)
    given = {"kernel_shape": [3, 2], "strides": [2, 1], "pads": [1, 0, 1, 1], "channels_last": last}
    for include in (0, 1):
        compare("QLinearAveragePool", [*x, *result], (1, 2, 3, 4), 2, count_include_pad=include, **given)
    x, result = (q.numbers(5, 30, 10, 30), *q.grain(0.02, 0.03, 1)), q.grain(0.003, 0.004, 1)
    compare("QLinearGlobalAveragePool", [*x, *result], (1, 2, 3, 4), 2, channels_last=last)


def test_reduce_mean(q):
    """ONNX Runtime has a definition and no code."""
    limits = np.iinfo(q.kind)
    middle = limits.min + 128
    x = q.numbers()
    mean = ((x.astype(np.float64) - middle) * 0.02).mean((1, 3), keepdims=True)
    expected = np.clip(np.rint(mean / 0.004) + middle + 5, limits.min, limits.max).astype(q.kind)
    operands = [x, np.float32(0.02), q.kind(middle), np.float32(0.004), q.kind(middle + 5)]
    compare("QLinearReduceMean", operands, (1, 2, 3, 4), 1, expected, axes=[1, -1], keepdims=1)


def test_joins(q):
    result = q.grain(0.02, 0.03)
    parts = [(q.numbers(2, n, 30, 40), *q.grain(0.02, 0.03)) for n in (3, 4, 1)]
    # One whose scale is that of the result.
    parts.append((q.numbers(2, 2, 30, 40), *result))
    operands = [*result, *(value for part in parts for value in part)]
    compare("QLinearConcat", operands, {i for i in range(len(operands)) if i % 3 != 2}, axis=1)
    condition = q.generator.integers(0, 2, SHAPE).astype(bool)
    compare("QLinearWhere", [condition, *parts[0][:0], q.numbers(), *q.grain(0.02, 0.03), q.numbers(40),
                             *q.grain(0.02, 0.03), *result], (2, 3, 5, 6, 7, 8))  # fmt: skip


@pytest.mark.parametrize("each", [False, True], ids=["tensor", "column"])
@pytest.mark.parametrize("given", [{}, {"transB": 1}, {"transA": 1, "alpha": 0.7}], ids=str)
def test_gemm(q, each, given):
    weights = Quantised(q.generator, np.int8)
    a = q.numbers(*((300, 200) if given.get("transA") else (200, 300)))
    b = weights.numbers(*((100, 300) if given.get("transB") else (300, 100)))
    scale, zero = np.float32(0.01), np.int8(3)
    if each:
        scale, zero = q.generator.uniform(0.005, 0.02, 100).astype(np.float32), np.zeros(100, np.int8)
    bias = q.generator.integers(-20000, 20000, 100).astype(np.int32)
    operands = [a, *q.grain(0.02, 0.03), b, scale, zero]
    fixed = set(range(9)) - {0}
    compare("QGemm", [*operands, bias, *q.grain(0.2, 0.3)], fixed, **given)
    compare("QGemm", [*operands, None, *q.grain(0.2, 0.3)], fixed, **given)
    # Without a scale the result is numbers.
    compare("QGemm", [*operands, bias], fixed, **given)


@pytest.mark.parametrize("last", [0, 1])
def test_convolution(q, last):
    w = Quantised(q.generator, np.int8).numbers(16, 10, 3, 3)
    scales, zeros = q.generator.uniform(0.005, 0.02, 16).astype(np.float32), np.zeros(16, np.int8)
    bias = q.generator.integers(-2000, 2000, 16).astype(np.int32)
    x = q.numbers(1, 28, 45, 10) if last else q.numbers(1, 10, 28, 45)
    operands = [x, *q.grain(0.02, 0.03), w, scales, zeros, *q.grain(0.2, 0.3), bias]
    given = {"pads": [1, 1, 1, 1], "strides": [1, 2], "kernel_shape": [3, 3], "channels_last": last}
    compare("QLinearConv", operands, set(range(9)) - {0}, **given)


@pytest.mark.parametrize("kind", [np.uint8, np.int8, np.uint16, np.int16])
def test_linear(generator, kind):
    limits = np.iinfo(kind)
    x, scales = generator.standard_normal((20, 1000)).astype(np.float32), np.full(20, 0.02, np.float32)
    zeros = generator.integers(-50, 50, 20).astype(kind)
    compare("QuantizeLinear", [x, scales, zeros], (1, 2), axis=0)
    compare("QuantizeLinear", [x, scales[0], zeros[0]], (1, 2))
    numbers = generator.integers(limits.min, limits.max + 1, (20, 1000)).astype(kind)
    compare("DequantizeLinear", [numbers, scales, zeros], (1, 2), axis=0)


@pytest.mark.parametrize("kind", [TensorProto.INT4, TensorProto.UINT4])
@pytest.mark.parametrize("raw", [False, True])
def test_weights_of_four_bits(generator, kind, raw):
    """By channel and by block; an odd number of them."""
    least = -8 if kind == TensorProto.INT4 else 0
    x, w = generator.standard_normal((3, 7)).astype(np.float32), generator.integers(least, least + 16, (7, 5))
    for count, given in ((7, {"axis": 0}), (10, {"axis": 0, "block_size": 4})):
        shape = (count,) if count == 7 else (2, 5)
        zeros = generator.integers(least, least + 16, shape)
        packed = [helper.make_tensor(n, kind, v.shape, v.ravel()) for n, v in (("w", w), ("z", zeros))]
        if raw:
            for tensor, array in zip(packed, (w, zeros), strict=True):
                halves = np.append(array.ravel() & 15, [0] * (array.size % 2)).astype(np.uint8)
                tensor.ClearField("int32_data")
                tensor.raw_data = (halves[::2] | halves[1::2] << 4).tobytes()
        scales = helper.make_tensor("s", 1, shape, generator.uniform(0.1, 0.3, count))
        nodes = [
            helper.make_node("DequantizeLinear", ["w", "s", "z"], ["d"], **given),
            helper.make_node("MatMul", ["x", "d"], ["y"]),
        ]
        values = [helper.make_tensor_value_info(n, 1, s) for n, s in (("x", (3, 7)), ("y", (3, 5)))]
        graph = helper.make_graph(nodes, "four", values[:1], values[1:], [*packed, scales])
        proto = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)], ir_version=10)
        (expected,) = reference.run(proto.SerializeToString(), [x])
        np.testing.assert_allclose(convopt.compile(proto).run([x])[0], expected, 1e-5, 1e-5)


@pytest.mark.parametrize(
    "operator, operands, message",
    [
        ("QLinearAdd", [np.zeros((2, 3), np.uint8), np.ones(3, np.float32), np.uint8(0)], "input 1 has more than one"),
        ("QLinearSigmoid", [np.zeros((2, 3), np.uint8), np.float32(1)], "input 3 is missing"),
        ("QLinearConcat", [np.float32(1), np.uint8(0), np.zeros((2, 3), np.uint8)], "lacks its scale"),
        ("QGemm", [np.zeros(3, np.uint8), *[np.float32(1), np.uint8(0)], np.zeros((3, 3), np.uint8), np.float32(1),
                   np.uint8(0), None, np.float32(1), np.uint8(0)], "input 0 is no matrix"),
        ("QLinearGlobalAveragePool", [np.zeros((2, 3), np.uint8), np.float32(1), np.uint8(0), np.float32(1)],
         "no spatial dimension"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused(operator, operands, message):
    proto, _ = model(operator, operands, set(range(1, 9)), (1,), "com.microsoft", {"axis": 1})
    with pytest.raises(convopt.CompileError, match=message):
        convopt.compile(proto)


@pytest.mark.parametrize("operator", ["Identity", "QuantizeLinear"])
def test_four_bits_elsewhere_are_refused(operator):
    four = helper.make_tensor("f", TensorProto.INT4, (), [1])
    nodes = [helper.make_node("QuantizeLinear", ["x", "s", "f"], ["q"])]
    if operator == "Identity":
        nodes = [helper.make_node("Identity", ["f"], ["q"])]
    x, s = helper.make_tensor_value_info("x", 1, (3,)), helper.make_tensor("s", 1, (), [1.0])
    outputs = [helper.make_tensor_value_info("q", TensorProto.INT4, None)]
    graph = helper.make_graph(nodes, "four", [x], outputs, [s, four])
    proto = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)], ir_version=10)
    with pytest.raises(convopt.CompileError, match="is of type i4, which DequantizeLinear alone takes"):
        convopt.compile(proto)
