"""Networks around recurrent layers: a voice detector, and readers of lines of text."""

from pathlib import Path

import convopt
import numpy as np
import onnx
import pytest
from convopt import compile_file
from convopt.testing import programs, reference
from convopt.testing.builder import Builder
from onnx import TensorProto, helper


def detector():
    """A filter bank, convolutions and an LSTM whose states go in and out, in a form for each of two sampling rates."""
    b = Builder("detector", seed=2)
    value = helper.make_tensor_value_info
    x, state, rate = "input", "state", "sr"

    def branch(prefix, length):
        inner = Builder(prefix, seed=length)
        inner.nodes, inner.weights = [], []
        add = inner.add
        samples = add("Slice", x, *[inner.constant(np.int64([n]), np.int64) for n in (0, length, 1)])
        row = add("Unsqueeze", samples, inner.constant(np.int64([1]), np.int64))
        row = add("Pad", row, inner.constant(np.int64([0, 0, 0, 0, 0, 64]), np.int64), mode="reflect")
        bank = add("Conv", row, inner.weight(130, 1, 128, deviation=0.1), strides=[64])
        parts = add("Split", bank, outputs=2, axis=1)
        power = add("Add", *[add("Mul", part, part) for part in parts])
        y = add("Sqrt", power)
        for stride, channels in ((1, (65, 32)), (2, (32, 32)), (1, (32, 32))):
            weight = inner.weight(channels[1], channels[0], 3)
            y = add("Relu", add("Conv", y, weight, inner.weight(channels[1]), strides=[stride], pads=[1, 1]))
        y = add("Transpose", y, perm=[2, 0, 1])
        h, c = (add("Gather", state, inner.constant(np.int64([i]), np.int64), axis=0) for i in (0, 1))
        w, r = (inner.weight(1, 128, 32, deviation=0.2) for _ in range(2))
        lstm = add("LSTM", y, w, r, inner.weight(1, 256, deviation=0.1), "", h, c, outputs=3, hidden_size=32)
        sequence = add("Transpose", add("Squeeze", lstm[0], inner.constant(np.int64([1]), np.int64)), perm=[1, 2, 0])
        scores = add("Sigmoid", add("Conv", add("Relu", sequence), inner.weight(1, 32, 1), inner.weight(1)))
        add("ReduceMean", scores, axes=[2], keepdims=0)
        add("Concat", lstm[1], lstm[2], axis=0)
        for node in inner.nodes:  # Names are unique in all of the model.
            for names in (node.input, node.output):
                names[:] = [n if n in (x, state, "") else prefix + n for n in names]
        for tensor in inner.weights:
            tensor.name = prefix + tensor.name
        outputs = [inner.nodes[-2].output[0], inner.nodes[-1].output[0]]
        results = [value(outputs[0], TensorProto.FLOAT, [1, 1]), value(outputs[1], TensorProto.FLOAT, [2, 1, 32])]
        return helper.make_graph(inner.nodes, prefix, [], results, inner.weights)

    nodes = [
        helper.make_node("Equal", [rate, b.constant(16000, np.int64)], ["is16k"]),
        helper.make_node(
            "If", ["is16k"], ["output", "next"], then_branch=branch("high", 512), else_branch=branch("low", 256)
        ),
    ]
    inputs = [
        value(x, TensorProto.FLOAT, [1, 512]),
        value(state, TensorProto.FLOAT, [2, 1, 32]),
        value(rate, TensorProto.INT64, []),
    ]
    outputs = [value("output", TensorProto.FLOAT, [1, 1]), value("next", TensorProto.FLOAT, [2, 1, 32])]
    graph = helper.make_graph(nodes, "detector", inputs, outputs, b.weights)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 16)], ir_version=8)


def detector_inputs(rate):
    generator = np.random.default_rng(rate)
    state = generator.standard_normal((2, 1, 32)).astype(np.float32) / 2
    return [generator.standard_normal((1, 512)).astype(np.float32), state, np.array(rate, np.int64)]


def reader(cell, layers, width=64):
    """Convolutions down to a line of columns, bidirectional layers along it, and the characters' scores."""
    b = Builder("reader", seed=3)
    x = b.input(1, 1, 16, width)
    y = x
    for channels in ((1, 16), (16, 32)):
        y = b.add("MaxPool", b.add("Relu", b.conv(y, channels)), kernel_shape=[2, 2], strides=[2, 2])
    y = b.add("Relu", b.batch_norm(b.conv(y, (32, 32), pads=[0, 1, 0, 1], kernel=(4, 3)), 32))
    y = b.add("Transpose", b.add("Squeeze", y, b.constant([2], np.int64)), perm=[2, 0, 1])
    units, inputs, gates = 24, 32, {"LSTM": 4, "GRU": 3}[cell]
    for _ in range(layers):
        weights = [b.weight(2, gates * units, n, deviation=n**-0.5) for n in (inputs, units)]
        weights.append(b.weight(2, 2 * gates * units, deviation=0.1))
        attributes = {"hidden_size": units, "direction": "bidirectional"}
        names = b.add(cell, y, *weights, outputs=3 if cell == "LSTM" else 2, **attributes)
        y = b.add("Reshape", b.add("Transpose", names[0], perm=[0, 2, 1, 3]), b.constant([0, 0, -1], np.int64))
        inputs = 2 * units
    flat = b.add("Reshape", y, b.constant([-1, inputs], np.int64))
    scores = b.add("Gemm", flat, b.weight(37, inputs), b.weight(37), transB=1)
    return b.model(b.add("LogSoftmax", b.add("Reshape", scores, b.constant([-1, 1, 37], np.int64)), axis=2))


@pytest.mark.parametrize("options", [{}, {"threads": 2}])
def test_detector(options):
    model = detector()
    onnx.checker.check_model(model)
    compiled = convopt.compile(model, **options)
    for rate in (16000, 8000):
        inputs = detector_inputs(rate)
        for actual, answer in zip(compiled.run(inputs), reference.run(model.SerializeToString(), inputs), strict=True):
            assert reference.relative_error(actual, answer) < 1e-5


@pytest.mark.parametrize("cell, layers", [("LSTM", 2), ("GRU", 1)])
def test_reader(cell, layers):
    model = reader(cell, layers)
    x = np.random.default_rng(1).standard_normal((1, 1, 16, 64)).astype(np.float32)
    (answer,) = reference.run(model.SerializeToString(), [x])
    (actual,) = convopt.compile(model).run([x])
    assert reference.relative_error(actual, answer) < 1e-5


def test_reader_on_aarch64(tmp_path):
    model = reader("LSTM", 1, width=32)
    x = np.random.default_rng(1).standard_normal((1, 1, 16, 32)).astype(np.float32)
    (answer,) = reference.run(model.SerializeToString(), [x])
    onnx.save(model, tmp_path / "reader.onnx")
    compile_file(tmp_path / "reader.onnx", tmp_path / "reader.o", target="aarch64")
    source = Path(__file__).parent.parent / "e2e/run_model.c"
    flags = [f'-DHEADER="{tmp_path / "reader.h"}"', "-DMODEL=reader_model"]
    program = programs.link(tmp_path / "reader.exe", [source], [tmp_path / "reader.o"], "aarch64", flags)
    x.tofile(tmp_path / "x")
    programs.execute(program, tmp_path / "x", tmp_path / "y", target="aarch64")
    actual = np.fromfile(tmp_path / "y", np.float32).reshape(answer.shape)
    assert reference.relative_error(actual, answer) < 1e-5
