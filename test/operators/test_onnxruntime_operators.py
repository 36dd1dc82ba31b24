"""Operators of ONNX Runtime's own domain give what it gives; those that it has on GPUs alone what numpy gives."""

import convopt
import numpy as np
import onnx
import pytest
from convopt.testing import reference
from onnx import helper, numpy_helper


def model(operator, operands, constants, outputs, domain, attributes):
    """One node; operands None are left out, those whose index is in `constants` are initializers."""
    names = ["" if value is None else f"x{i}" for i, value in enumerate(operands)]
    results = [f"y{i}" if wanted else "" for i, wanted in enumerate(outputs)]
    node = helper.make_node(operator, names, results, domain=domain, **attributes)
    given = {name: np.asarray(value) for name, value in zip(names, operands, strict=True) if name}
    fixed = {name for i, name in enumerate(names) if i in constants}
    values = [
        helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(array.dtype), array.shape)
        for name, array in given.items()
        if name not in fixed
    ]
    tensors = [numpy_helper.from_array(given[name], name) for name in given if name in fixed]
    outs = [onnx.ValueInfoProto(name=name) for name in results if name]
    graph = helper.make_graph([node], "node", values, outs, tensors)
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("com.microsoft", 1)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=8), [a for n, a in given.items() if n not in fixed]


def check(operator, operands, *, constants=(), outputs=(1,), expected=None, domain="com.microsoft", **attributes):
    """Compares all outputs."""
    proto, inputs = model(operator, operands, constants, outputs, domain, attributes)
    if expected is None:
        expected = reference.run(proto.SerializeToString(), inputs)
    for y, right in zip(convopt.compile(proto).run(inputs), expected, strict=True):
        assert (y.dtype, y.shape) == (right.dtype, right.shape)
        np.testing.assert_allclose(y, right, 1e-4, 1e-5)


@pytest.fixture
def real(generator):
    return lambda *shape: generator.standard_normal(shape).astype(np.float32)


ACTIVATIONS = [
    ("Relu", None),
    ("Sigmoid", None),
    ("Tanh", None),
    ("LeakyRelu", [0.2]),
    ("Clip", [-0.25, 0.5]),
    ("HardSigmoid", [0.25, 0.4]),
]


@pytest.mark.parametrize("activation, parameters", ACTIVATIONS)
def test_fused_conv(real, activation, parameters):
    given = {"activation": activation, "pads": [1] * 4} | ({"activation_params": parameters} if parameters else {})
    x, w, b, z = real(1, 4, 6, 6), real(8, 4, 3, 3), real(8), real(1, 8, 6, 6)
    check("FusedConv", [x, w, b], constants=(1, 2), **given)
    check("FusedConv", [x, w, b, z], constants=(1, 2), **given)


@pytest.mark.parametrize("given", [{"activation": "Relu"}, {"activation": "LeakyRelu", "activation_alpha": 0.3}])
def test_fused_gemm(real, given):
    check("FusedGemm", [real(3, 5), real(4, 5), real(4)], constants=(1, 2), transB=1, alpha=0.5, **given)


@pytest.mark.parametrize("left", [0, 1])
@pytest.mark.parametrize("right", [0, 1])
def test_fused_matmul(real, left, right):
    a, b = real(2, *((4, 3) if left else (3, 4))), real(2, *((5, 4) if right else (4, 5)))
    check("FusedMatMul", [a, b], transA=left, transB=right, alpha=0.25)
    a, b = a.transpose(1, 0, 2).copy(), b.transpose(1, 0, 2).copy()
    check("FusedMatMul", [a, b], transA=left, transB=right, transBatchA=1, transBatchB=1)


def test_gelus(real):
    x, b = real(2, 3, 8), real(8)
    check("Gelu", [x])
    check("BiasGelu", [x, b])
    check("FastGelu", [x])
    check("FastGelu", [x, b])
    check("QuickGelu", [x])
    check("QuickGelu", [x], alpha=1.0)


def gelu(x):
    return np.vectorize(lambda v: v * 0.5 * (1 + __import__("math").erf(v / 2**0.5)))(x).astype(np.float32)


def test_what_runs_on_gpus(real):
    x, b = real(2, 4, 6), real(6)
    left, right = np.split(x + b, 2, -1)
    check("BiasSplitGelu", [x, b], expected=[left * gelu(right)])
    check("BiasAdd", [x, b, x], expected=[x + b + x])
    rows = (x + b).reshape(2, 24)
    rows = np.exp(rows) / np.exp(rows).sum(1, keepdims=True)
    check("BiasSoftmax", [x, b], axis=1, is_inner_broadcast=0, expected=[rows.reshape(x.shape)])


def test_channels_last(real):
    x, w = real(1, 6, 6, 4), real(8, 3, 3, 4)
    proto, inputs = model("Conv", [x.transpose(0, 3, 1, 2).copy(), w.transpose(0, 3, 1, 2).copy()], (1,), (1,), "", {})
    (y,) = reference.run(proto.SerializeToString(), inputs)
    y = y.transpose(0, 2, 3, 1)
    check("NhwcConv", [x, w], constants=(1,), expected=[y])
    check(
        "NhwcFusedConv",
        [x, w.transpose(0, 3, 1, 2).copy()],
        constants=(1,),
        activation="Relu",
        expected=[np.maximum(y, 0)],
    )


def test_skip_layer_normalization(real):
    x, skip, scale, bias, more = real(2, 3, 8), real(2, 3, 8), real(8), real(8), real(8)
    check("SkipLayerNormalization", [x, skip, scale, bias], epsilon=1e-5)
    check("SkipLayerNormalization", [x, skip, scale, bias, more], outputs=(1, 0, 0, 1), epsilon=1e-5)
    check("SkipSimplifiedLayerNormalization", [x, skip, scale, more], outputs=(1, 0, 0, 1), epsilon=1e-5)


def test_those_that_were_in_another_domain(real):
    x, scale, bias = real(2, 3, 8), real(8), real(8)
    check("SimplifiedLayerNormalization", [x, scale], domain="", axis=-1, epsilon=1e-5)
    expected = reference.run(*_standard(x, scale, bias))
    check("LayerNormalization", [x, scale, bias], axis=-1, epsilon=1e-5, expected=expected)


def _standard(x, scale, bias):
    proto, inputs = model("LayerNormalization", [x, scale, bias], (), (1,), "", {"axis": -1, "epsilon": 1e-5})
    return proto.SerializeToString(), inputs


@pytest.mark.parametrize("masked", [False, True])
def test_embed_layer_normalization(real, generator, masked):
    ids, segments = (generator.integers(0, n, (2, 5)).astype(np.int32) for n in (9, 2))
    tables = [real(9, 8), real(7, 8), real(2, 8)]
    mask = [np.int32([[1, 1, 1, 0, 0], [1, 1, 1, 1, 1]])] if masked else []
    operands = [ids, segments, *tables, real(8), real(8), *mask]
    check("EmbedLayerNormalization", operands, constants=(2, 3, 4, 5, 6), outputs=(1, 1), epsilon=1e-5)


MASKS = [
    None,
    np.int32([3, 5]),
    np.int32([[1, 1, 0, 0, 0], [1, 1, 1, 1, 1]]),
    np.tril(np.ones((2, 5, 5), np.int32)),
]


@pytest.mark.parametrize("mask", MASKS)
@pytest.mark.parametrize("unidirectional", [0, 1])
def test_attention(real, mask, unidirectional):
    operands = [real(2, 5, 8), real(8, 24), real(24), *([] if mask is None else [mask])]
    check("Attention", operands, constants=(1, 2), num_heads=2, unidirectional=unidirectional)


def test_multi_head_attention(real):
    q, k, v = real(2, 3, 8), real(2, 5, 8), real(2, 5, 12)
    check("MultiHeadAttention", [q, k, v], num_heads=2)
    check("MultiHeadAttention", [q, k, v, real(28)], num_heads=2, scale=0.5)
    mask = np.int32([[1, 1, 0, 0, 0], [1, 1, 1, 1, 1]])
    check("MultiHeadAttention", [q, k, v, None, mask], num_heads=2)
