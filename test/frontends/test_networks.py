"""Whole networks by way of other front ends: ONNX Runtime's outputs, in as many launches as by the import from ONNX.

The images are small, so that it is quick: what is compared is the form of the program.
"""

import onnx
import pytest
from convopt.testing import frontends, networks, reference
from convopt.testing.resized import resized

pytestmark = pytest.mark.skipif(not frontends.are_installed(), reason="no front ends for this machine")
TOLERANCE = 1e-4
SIZE = 64
NETWORKS = {
    "squeezenet1_1": ("torch-mlir", "tosa", "iree"),
    "mobilenet_v2": ("torch-mlir", "tosa"),
    "resnet18": ("torch-mlir", "tosa"),
    "resnext50_32x4d": ("torch-mlir",),
    "shufflenet_v2_x1_0": ("torch-mlir", "iree"),
    "efficientnet_b0": ("torch-mlir",),
}


@pytest.mark.parametrize("name", NETWORKS)
def test_network(name, tmp_path):
    model = resized(networks.build(name), SIZE)
    path = tmp_path / "model.onnx"
    onnx.save(model, path)
    inputs = networks.random_inputs(model)
    expected = reference.run(path, inputs)

    from_onnx, launches = frontends.compile_way("onnx", path, tmp_path)
    outputs = from_onnx.run(inputs)
    for way in NETWORKS[name]:
        found, its_launches = frontends.compile_way(way, path, tmp_path)
        its_outputs = found.run(inputs)
        for ours, theirs, reference_output in zip(outputs, its_outputs, expected, strict=True):
            assert reference.relative_error(theirs, reference_output) <= TOLERANCE, way
            assert reference.relative_error(theirs, ours) <= 2 * TOLERANCE, way
        assert its_launches == launches, way
