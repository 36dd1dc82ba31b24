"""Models that ONNX Runtime has optimised, at each of its levels, compute what they computed before."""

import subprocess
from collections import Counter

import convopt
import numpy as np
import onnx
import onnxruntime
import pytest
from convopt.runtime import CompileError, Model, compile_file, find_tool
from convopt.testing import reference
from convopt.testing.builder import Builder

LEVELS = ["ORT_ENABLE_BASIC", "ORT_ENABLE_EXTENDED", "ORT_ENABLE_LAYOUT", "ORT_ENABLE_ALL"]


def optimise(model, level, folder):
    """The model as ONNX Runtime writes it."""
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = getattr(onnxruntime.GraphOptimizationLevel, level)
    options.optimized_model_filepath = str(folder / "optimised.onnx")
    options.log_severity_level = 4
    onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    return onnx.load(folder / "optimised.onnx")


def image_network(channels):
    """Convolutions with everything that is fused into them; `channels` decides how they are filled up to blocks."""
    b = Builder("images")
    x = b.add("Relu", b.conv(b.input(1, 3, 16, 16), (3, channels)))
    y = b.add("Clip", b.conv(x, (channels, channels), group=channels), b.constant(0), b.constant(6))
    y = b.conv(y, (channels, channels), 1)
    x = b.add("Relu", b.add("Add", y, x))
    x = b.add("LeakyRelu", b.batch_norm(b.conv(x, (channels, 2 * channels), bias=False), 2 * channels), alpha=0.1)
    x = b.add("MaxPool", x, kernel_shape=[3, 3], strides=[2, 2], pads=[1] * 4)
    y = b.conv(x, (2 * channels, channels))
    x = b.add("Concat", y, b.add("AveragePool", x, kernel_shape=[3, 3], pads=[1] * 4), axis=1)
    x = b.add("HardSigmoid", b.conv(x, (3 * channels, channels)), alpha=0.2, beta=0.5)
    x = b.add("Resize", x, "", b.constant([1, 1, 2, 2]), mode="nearest", coordinate_transformation_mode="asymmetric")
    x = b.add("GlobalAveragePool", b.conv(x, (channels, channels)))
    x = b.add("Gemm", b.add("Flatten", x), b.weight(16, channels), b.weight(16), transB=1)
    return b.model(b.add("Gemm", b.add("Relu", x), b.weight(4, 16), b.weight(4), transB=1))


def layer_norm(b, x, size):
    """As exporters wrote it before there was an operator."""
    centred = b.add("Sub", x, b.add("ReduceMean", x, axes=[-1]))
    variance = b.add("ReduceMean", b.add("Pow", centred, b.constant(2)), axes=[-1])
    deviation = b.add("Sqrt", b.add("Add", variance, b.constant(1e-5)))
    y = b.add("Div", centred, deviation)
    return b.add("Add", b.add("Mul", y, b.weight(size, mean=1)), b.weight(size))


def gelu(b, x):
    """The exact one."""
    inner = b.add("Add", b.add("Erf", b.add("Div", x, b.constant(2**0.5))), b.constant(1))
    return b.add("Mul", b.add("Mul", x, inner), b.constant(0.5))


def transformer(opset):
    """Two blocks without attention's heads, and other activations."""
    b = Builder("rows", opset)
    x = layer_norm(b, b.input(1, 6, 32), 32)
    x = gelu(b, b.add("Add", x, b.weight(32)))
    for activation in ("gelu", "quick"):
        q, k, v = (b.add("Add", b.add("MatMul", x, b.weight(32, 32)), b.weight(32)) for _ in range(3))
        scores = b.add("Div", b.add("MatMul", q, b.add("Transpose", k, perm=[0, 2, 1])), b.constant(32**0.5))
        y = b.add("MatMul", b.add("Softmax", scores, axis=-1), v)
        x = layer_norm(b, b.add("Add", x, y), 32)
        y = b.add("Add", b.add("MatMul", x, b.weight(32, 64)), b.weight(64))
        if activation == "gelu":
            y = gelu(b, y)
        else:
            y = b.add("Mul", y, b.add("Sigmoid", b.add("Mul", y, b.constant(1.702))))
        x = layer_norm(b, b.add("Add", x, b.add("MatMul", y, b.weight(64, 32))), 32)
    return b.model(x)


MODELS = {
    "images of 16": lambda: image_network(16),
    "images of 24": lambda: image_network(24),
    "rows of opset 12": lambda: transformer(12),
    "rows of opset 17": lambda: transformer(17),
}


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("name", MODELS)
def test_agrees(name, level, tmp_path, generator):
    model = MODELS[name]()
    shape = [dim.dim_value for dim in model.graph.input[0].type.tensor_type.shape.dim]
    x = generator.standard_normal(shape).astype(np.float32)
    (expected,) = reference.run(model.SerializeToString(), [x])
    (y,) = convopt.compile(optimise(model, level, tmp_path)).run([x])
    assert reference.relative_error(y, expected) < 1e-5


def test_the_operators_occur(tmp_path):
    """Else the test above would test nothing."""
    seen = Counter()
    for make in MODELS.values():
        for level in LEVELS:
            for node in optimise(make(), level, tmp_path).graph.node:
                seen[f"{node.domain}:{node.op_type}"] += 1
    wanted = "FusedConv FusedGemm FusedMatMul BiasGelu QuickGelu SkipLayerNormalization".split()
    assert [name for name in wanted if not seen[f"com.microsoft:{name}"]] == []
    assert seen[":LayerNormalization"]


def blocked(width, filters):
    """A convolution as it is written for blocks of `width` channels, and the same one in order."""
    weights = np.random.default_rng(3).standard_normal((filters, 3, 3, 3)).astype(np.float32)
    filled = -(-filters // width) * width
    padded = np.zeros((filled, 3, 3, 3), np.float32)
    padded[:filters] = weights
    order = padded.reshape(filled // width, width, 3, 3, 3).transpose(0, 2, 3, 4, 1)
    nodes = [
        onnx.helper.make_node("Conv", ["x", "w"], ["t"], domain="com.microsoft.nchwc", kernel_shape=[3, 3]),
        onnx.helper.make_node("ReorderOutput", ["t"], ["y"], domain="com.microsoft.nchwc", channels=filters),
    ]
    x = onnx.helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, [1, 3, 8, 8])
    tensor = onnx.numpy_helper.from_array(np.ascontiguousarray(order).reshape(padded.shape), "w")
    graph = onnx.helper.make_graph(nodes, "blocked", [x], [onnx.ValueInfoProto(name="y")], [tensor])
    opsets = [onnx.helper.make_opsetid("", 17), onnx.helper.make_opsetid("com.microsoft.nchwc", 1)]
    return onnx.helper.make_model(graph, opset_imports=opsets, ir_version=8), weights


@pytest.mark.parametrize("width, filters, options", [(8, 24, {}), (16, 24, {}), (8, 32, {"target": "x86-64"})])
def test_the_width_of_blocks(width, filters, options, tmp_path, generator):
    """It follows from channels that are filled up; else it is that of the target, here of one without AVX-512."""
    model, weights = blocked(width, filters)
    x = generator.standard_normal((1, 3, 8, 8)).astype(np.float32)
    onnx.save(model, tmp_path / "model.onnx")
    compile_file(tmp_path / "model.onnx", tmp_path / "model.so", emit="shared", **options)
    (y,) = Model(tmp_path / "model.so").run([x])
    b = Builder("plain")
    b.add("Conv", b.input(1, 3, 8, 8), b.constant(weights))
    (expected,) = reference.run(b.model("conv0_0").SerializeToString(), [x])
    assert reference.relative_error(y, expected) < 1e-5


def test_a_width_that_is_not_known_is_noted(tmp_path):
    onnx.save(blocked(8, 32)[0], tmp_path / "model.onnx")
    command = [find_tool(), tmp_path / "model.onnx", "--emit=linalg", "-o", tmp_path / "model.mlir"]
    for target, width in (("x86-64", 8), ("aarch64", 16)):
        result = subprocess.run([*command, f"--target={target}"], check=True, capture_output=True, text=True)
        assert f"taken to lie in blocks of {width}, as ONNX Runtime lays them out for the target" in result.stderr


def test_blocks_that_do_not_fit(tmp_path):
    model, _ = blocked(8, 24)
    model.graph.initializer[0].dims[0] = 27
    model.graph.initializer[0].dims[1] = 3
    model.graph.initializer[0].raw_data = bytes(27 * 27 * 4)
    with pytest.raises(CompileError, match="does not consist of blocks"):
        convopt.compile(model)
