"""Convolutions in three dimensions, each of the ways in which they become such in two, against ONNX Runtime."""

import numpy as np
import onnx
import pytest
from convopt import runtime
from convopt.testing import networks, reference, video
from convopt.testing.nodes import Nodes

# Channels, results, groups, kernel, strides, pads, dilations.
ROWS = [
    (3, 5, 1, (3, 3, 3), (1, 1, 1), (1, 1, 1, 1, 1, 1), (1, 1, 1)),
    (3, 5, 1, (2, 3, 2), (2, 1, 2), (0, 2, 1, 1, 0, 0), (1, 1, 1)),
    (4, 6, 1, (3, 2, 2), (1, 2, 1), (2, 0, 0, 2, 1, 1), (2, 1, 2)),
    (4, 6, 1, (1, 3, 3), (1, 2, 2), (0, 1, 1, 0, 1, 1), (1, 1, 1)),
    (4, 6, 1, (1, 1, 1), (2, 2, 2), (0, 0, 0, 0, 0, 0), (1, 1, 1)),
    (4, 6, 1, (1, 2, 2), (1, 1, 1), (1, 0, 0, 1, 0, 0), (1, 1, 1)),
    (4, 6, 1, (3, 1, 1), (2, 1, 1), (1, 0, 0, 1, 0, 0), (1, 1, 1)),
    (4, 6, 1, (2, 1, 1), (1, 1, 1), (0, 0, 0, 2, 0, 0), (3, 1, 1)),
    (4, 6, 1, (1, 1, 1), (1, 1, 1), (0, 0, 0, 0, 0, 0), (1, 1, 1)),
    (4, 6, 2, (3, 3, 3), (1, 1, 1), (1, 1, 1, 1, 1, 1), (1, 1, 1)),
    (4, 6, 2, (3, 1, 1), (1, 1, 1), (1, 0, 0, 1, 0, 0), (1, 1, 1)),
    (4, 6, 2, (1, 1, 1), (1, 1, 1), (0, 0, 0, 0, 0, 0), (1, 1, 1)),
    (6, 6, 6, (3, 3, 3), (1, 2, 2), (1, 1, 1, 1, 1, 1), (1, 1, 1)),
    (6, 6, 6, (3, 2, 2), (2, 1, 1), (0, 0, 0, 1, 1, 1), (2, 1, 1)),
    (6, 6, 6, (3, 1, 1), (1, 1, 1), (1, 0, 0, 1, 0, 0), (1, 1, 1)),
    (4, 8, 4, (2, 3, 3), (1, 1, 1), (0, 1, 1, 1, 1, 1), (1, 1, 1)),
]


@pytest.mark.parametrize("batch", [1, 2])
@pytest.mark.parametrize("bias", [False, True])
def test_geometries(batch, bias, generator):
    nodes = Nodes()
    for channels, results, group, kernel, strides, pads, dilations in ROWS:
        x = nodes.input(generator.standard_normal((batch, channels, 5, 6, 7)).astype(np.float32))
        operands = [x, nodes.constant(generator.standard_normal((results, channels // group, *kernel), np.float32))]
        if bias:
            operands.append(nodes.constant(generator.standard_normal(results, np.float32)))
        nodes.add("Conv", operands, group=group, strides=strides, pads=pads, dilations=dilations)
    for y, expected, node in zip(nodes.run(), nodes.onnxruntime(), nodes.nodes, strict=True):
        assert y.shape == expected.shape, str(node)
        np.testing.assert_allclose(y, expected, 1e-4, 1e-4, err_msg=str(node))


def compiled(model: onnx.ModelProto, folder) -> tuple[list, list]:
    """Our outputs, and ONNX Runtime's."""
    path, inputs = folder / "model.onnx", networks.random_inputs(model)
    onnx.save(model, path)
    library = runtime.compile_file(path, folder / "model.so", emit="shared", target="host")
    with runtime.Model(library, fill=0xFF) as loaded:
        return loaded.run(inputs), reference.run(str(path), inputs)


@pytest.mark.parametrize("name", ["r3d_18", "r2plus1d"])
def test_networks(name, tmp_path):
    model = video.r3d_18(frames=6, size=40, width=8, classes=10) if name == "r3d_18" else video.r2plus1d()
    for ours, theirs in zip(*compiled(model, tmp_path), strict=True):
        assert reference.relative_error(ours, theirs) < 1e-4


def test_every_convolution_has_a_primitive(tmp_path):
    """So fast algorithms are among the candidates; and no kernel but the convolutions' computes on their results."""
    model, path = video.r3d_18(frames=4, size=24, width=8, classes=10), tmp_path / "model.onnx"
    onnx.save(model, path)
    tool = [runtime.find_tool(), path, "-o", tmp_path / "model.o", "--target=x86-64", "--explain"]
    text = runtime.subprocess.run(tool, capture_output=True, text=True, check=True)
    report = text.stdout + text.stderr
    assert "spatial dimensions" not in report
    convolutions = sum(node.op_type == "Conv" for node in model.graph.node)
    assert report.count("winograd") >= convolutions / 2, report
