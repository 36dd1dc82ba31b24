"""Opsets 1 to 6, of which ONNX Runtime knows few: by the standard's text in numpy."""

import convopt
import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper


def run(opset, operator, operands, constants=(), outputs=1, ir_version=3, **attributes):
    """What convopt computes of one node, `constants` behind its operands."""
    names = [f"x{i}" for i in range(len(operands))]
    tensors = [numpy_helper.from_array(np.asarray(value), f"c{i}") for i, value in enumerate(constants)]
    results = [f"y{i}" for i in range(outputs)]
    node = helper.make_node(operator, names + [tensor.name for tensor in tensors], results, **attributes)
    arrays = [*operands, *constants]
    values = [
        helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(np.asarray(array).dtype), np.shape(array))
        for name, array in zip(node.input, arrays, strict=True)
    ]
    graph = helper.make_graph([node], "old", values, [onnx.ValueInfoProto(name=name) for name in results], tensors)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=ir_version)
    if ir_version < 3:
        del model.opset_import[:]
    return convopt.compile(model).run(list(operands))


@pytest.fixture
def x(generator):
    return generator.standard_normal((2, 3, 4, 5)).astype(np.float32)


@pytest.mark.parametrize("opset", [1, 6])
@pytest.mark.parametrize("operator, function", [("Add", np.add), ("Sub", np.subtract), ("Mul", np.multiply)])
def test_broadcasting_at_an_axis(opset, operator, function, x, generator):
    b = generator.standard_normal(3).astype(np.float32)
    (y,) = run(opset, operator, [x], [b], broadcast=1, axis=1)
    np.testing.assert_allclose(y, function(x, b[:, None, None]), 1e-6)
    c = generator.standard_normal((4, 5)).astype(np.float32)
    (y,) = run(opset, operator, [x], [c], broadcast=1)
    np.testing.assert_allclose(y, function(x, c), 1e-6)


@pytest.mark.parametrize("opset", [1, 6])
def test_comparisons(opset, x):
    b = x[:, :, 0, 0].copy()
    np.testing.assert_array_equal(run(opset, "Greater", [x], [b], broadcast=1, axis=0)[0], x > b[:, :, None, None])
    np.testing.assert_array_equal(run(opset, "And", [x > 0, x < 1])[0], (x > 0) & (x < 1))


@pytest.mark.parametrize("opset", [1, 4])
def test_reshape_by_an_attribute(opset, x):
    np.testing.assert_array_equal(run(opset, "Reshape", [x], shape=[0, -1])[0], x.reshape(2, -1))


def test_reshape_by_an_operand(x):
    np.testing.assert_array_equal(run(5, "Reshape", [x], [np.array([0, -1])])[0], x.reshape(2, -1))


def test_cast(x):
    np.testing.assert_array_equal(run(1, "Cast", [x], to="INT32")[0], x.astype(np.int32))
    np.testing.assert_array_equal(run(6, "Cast", [x], to=TensorProto.INT32)[0], x.astype(np.int32))


@pytest.mark.parametrize("opset", [1, 2, 6])
def test_split(opset, x):
    for y, part in zip(run(opset, "Split", [x], outputs=2, axis=2, split=[1, 3]), np.split(x, [1], 2), strict=True):
        np.testing.assert_array_equal(y, part)


def test_pad(x):
    expected = np.pad(x, [(0, 0), (0, 0), (1, 2), (0, 1)], constant_values=0.5)
    np.testing.assert_array_equal(run(1, "Pad", [x], paddings=[0, 0, 1, 0, 0, 0, 2, 1], value=0.5)[0], expected)
    np.testing.assert_array_equal(run(2, "Pad", [x], pads=[0, 0, 1, 0, 0, 0, 2, 1], value=0.5)[0], expected)


def test_tile(x):
    tiles, axis = np.array([2], np.float32), np.array([1], np.float32)
    np.testing.assert_array_equal(run(1, "Tile", [x], [tiles, axis])[0], np.tile(x, (1, 2, 1, 1)))
    np.testing.assert_array_equal(run(6, "Tile", [x], [np.array([1, 2, 1, 1])])[0], np.tile(x, (1, 2, 1, 1)))


def test_upsample(x):
    y = run(1, "Upsample", [x], height_scale=2.0, width_scale=3.0)[0]
    np.testing.assert_array_equal(y, x.repeat(2, 2).repeat(3, 3))


@pytest.mark.parametrize("opset", [1, 6])
def test_normalisation_of_inference(opset, x, generator):
    scale, bias, mean, variance = (np.abs(generator.standard_normal(3)).astype(np.float32) + 0.5 for _ in range(4))
    hints = {"consumed_inputs": [0, 0, 0, 1, 1]} if opset < 6 else {}
    y = run(opset, "BatchNormalization", [x], [scale, bias, mean, variance], is_test=1, epsilon=1e-5, **hints)[0]
    column = (slice(None), None, None)
    expected = (x - mean[column]) / np.sqrt(variance[column] + 1e-5) * scale[column] + bias[column]
    np.testing.assert_allclose(y, expected, 1e-4, 1e-5)


def test_activations(x):
    np.testing.assert_array_equal(run(1, "Relu", [x], consumed_inputs=[0])[0], np.maximum(x, 0))
    slope = np.array([0.1, 0.2, 0.3], np.float32)
    np.testing.assert_allclose(run(6, "PRelu", [x], [slope])[0], np.where(x < 0, x * slope[:, None, None], x), 1e-6)
    selu = 1.0507 * np.where(x > 0, x, 1.6732 * np.expm1(x))
    np.testing.assert_allclose(run(1, "Selu", [x])[0], selu, 1e-5, 1e-6)


def test_products(generator):
    a, b, c = (generator.standard_normal(shape).astype(np.float32) for shape in ((3, 4), (5, 4), (5,)))
    np.testing.assert_allclose(run(6, "Gemm", [a], [b, c], transB=1, broadcast=1)[0], a @ b.T + c, 1e-5, 1e-5)


def test_convolution_and_pooling_are_those_of_today(x, generator):
    w = generator.standard_normal((2, 3, 3, 3)).astype(np.float32)
    for opset in (1, 6):
        for y, new in (
            (run(opset, "Conv", [x], [w], pads=[1] * 4), run(7, "Conv", [x], [w], pads=[1] * 4)),
            (run(opset, "MaxPool", [x], kernel_shape=[2, 2]), run(7, "MaxPool", [x], kernel_shape=[2, 2])),
            (run(opset, "Concat", [x, x], axis=1), run(7, "Concat", [x, x], axis=1)),
        ):
            np.testing.assert_array_equal(y[0], new[0])


def test_the_first_files_name_no_opset(x):
    np.testing.assert_array_equal(run(1, "Concat", [x, x], ir_version=2)[0], np.concatenate([x, x], 1))
