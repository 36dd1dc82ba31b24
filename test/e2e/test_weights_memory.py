"""Weights pass through the compiler one after another, if they may not be in memory together."""

import numpy as np
import onnx
from convopt.runtime import Model, find_tool
from convopt.testing import memory
from onnx import TensorProto, helper

WIDTH, LAYERS = 1024, 32


def make_model(path):
    """Layers of 4 MiB each, 128 MiB in all, in an external data file."""
    random = np.random.default_rng(0)
    matrices = [
        random.standard_normal((WIDTH, WIDTH), np.float32) * np.float32(1.4 * WIDTH**-0.5) for _ in range(LAYERS)
    ]
    nodes, weights = [], []
    for i, matrix in enumerate(matrices):
        weights.append(onnx.numpy_helper.from_array(matrix, f"w{i}"))
        nodes.append(helper.make_node("MatMul", [f"x{i}", f"w{i}"], [f"p{i}"]))
        nodes.append(helper.make_node("Relu", [f"p{i}"], [f"x{i + 1}"]))
    ends = [helper.make_tensor_value_info(f"x{i}", TensorProto.FLOAT, [1, WIDTH]) for i in (0, LAYERS)]
    graph = helper.make_graph(nodes, "deep", ends[:1], ends[1:], weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.save(model, path, save_as_external_data=True, location="deep.data", size_threshold=0)
    return matrices


def test_weights_are_never_together_in_memory(tmp_path):
    matrices = make_model(tmp_path / "deep.onnx")
    usage = {}
    for name, options in (("memory", []), ("file", ["--weights-memory=0"])):
        output = tmp_path / f"{name}.so"
        command = [find_tool(), tmp_path / "deep.onnx", "--weights=external", "--emit=shared", "-o", output, *options]
        usage[name] = memory.measure(command)
    together = LAYERS * WIDTH * WIDTH * 4
    assert usage["file"].anonymous < usage["memory"].anonymous - together / 2
    assert (tmp_path / "file.weights").read_bytes() == (tmp_path / "memory.weights").read_bytes()
    x = expected = np.random.default_rng(1).standard_normal((1, WIDTH), np.float32)
    for matrix in matrices:
        expected = np.maximum(expected @ matrix, 0)
    y = Model(tmp_path / "file.so")(x)
    assert np.linalg.norm(y - expected) < 1e-5 * np.linalg.norm(expected)
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]
