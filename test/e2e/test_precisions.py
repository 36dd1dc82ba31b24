"""Convolutions computed in fewer bits, against ONNX Runtime: the error is that of their operands' rounding."""

import re

import numpy as np
import pytest
from convopt import compile, compile_file
from convopt.testing import networks, reference
from convopt.testing.builder import Builder
from onnx import TensorProto, helper, numpy_helper


def convolution(b, x, filter=None, group=1, size=1):
    """Of output channels that differ a thousandfold, as after a normalisation: one scale for all would lose most."""
    spread = size * np.geomspace(0.01, 10, 64).reshape(-1, 1, 1, 1)
    filter = filter or b.constant(b.generator.normal(0, 0.1, (64, 64 // group, 3, 3)) * spread)
    bias = b.constant(b.generator.normal(0, 1, 64) * spread.ravel())
    return filter, b.add("Conv", x, filter, bias, pads=[1, 1, 1, 1], group=group)


def with_bias_and_relu(b):
    return b.add("Relu", convolution(b, b.input(1, 64, 14, 14))[1])


def one_filter_used_twice(b):
    x = b.input(1, 64, 14, 14)
    filter, first = convolution(b, x)
    small, large = (b.add("MaxPool", y, kernel_shape=[2, 2], strides=[2, 2]) for y in (x, first))
    return b.add("Add", large, convolution(b, small, filter)[1])


def added_to_what_stood_there(b):
    x = b.input(1, 64, 14, 14)
    return b.add("Add", x, convolution(b, x)[1])


def groups(b):
    return convolution(b, b.input(1, 64, 14, 14), group=2)[1]


def run_both(model, **options):
    """What we answer in fewer bits, and what ONNX Runtime does."""
    data = networks.random_inputs(model)
    (ours,) = compile(model, max_error=1, **options).run(data)
    (theirs,) = reference.run(model.SerializeToString(), data)
    return ours, theirs


@pytest.mark.parametrize("build", [with_bias_and_relu, one_filter_used_twice, added_to_what_stood_there, groups])
def test_bytes(build):
    b = Builder("bytes")
    # Nothing else fits into so little memory.
    ours, theirs = run_both(b.model(build(b)), precisions="w8", max_weights=0.3)
    assert 2e-3 < reference.relative_error(ours, theirs) < 2e-2
    for channel in range(64):  # The small ones, too, of which the norm of all sees nothing.
        assert reference.relative_error(ours[:, channel], theirs[:, channel]) < 4e-2


@pytest.mark.parametrize("size", [1, 1e-4, 1e-8, 1e5])
def test_halves_of_any_size(size):
    b = Builder("halves")
    model = b.model(convolution(b, b.input(1, 64, 14, 14), size=size)[1])
    ours, theirs = run_both(model, precisions="w16", max_weights=0.6)
    assert 1e-5 < reference.relative_error(ours, theirs) < 2e-3
    for channel in range(64):
        assert reference.relative_error(ours[:, channel], theirs[:, channel]) < 2e-3


@pytest.mark.parametrize(("precision", "least", "most"), [("w16", 0, 4e-4), ("w8", 2e-3, 2e-2)])
def test_models_of_halves(precision, least, most):
    """Their convolutions are computed in f32, so all that is stored in fewer bits is offered; w16 then loses nothing."""
    random = np.random.default_rng(0)
    filter = numpy_helper.from_array(random.normal(0, 0.1, (64, 64, 3, 3)).astype(np.float16), "filter")
    x, y = (helper.make_tensor_value_info(name, TensorProto.FLOAT16, [1, 64, 14, 14]) for name in "xy")
    node = helper.make_node("Conv", ["x", "filter"], ["y"], pads=[1, 1, 1, 1])
    graph = helper.make_graph([node], "halves", [x], [y], [filter])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    data = [random.normal(0, 1, (1, 64, 14, 14)).astype(np.float16)]
    budget = {"max_error": 1, "precisions": precision, "max_size": 100_000}
    (ours,) = compile(model, **budget).run(data)
    (theirs,) = reference.run(model.SerializeToString(), data)
    assert least <= reference.relative_error(ours.astype(np.float32), theirs.astype(np.float32)) < most


def test_network_of_bytes():
    ours, theirs = run_both(networks.build("squeezenet1_1"), precisions="w8", max_weights=0.3)
    assert 5e-3 < reference.relative_error(ours, theirs) < 5e-2


@pytest.mark.parametrize(("precision", "error"), [("w16", 2e-3), ("wb16", 1.6e-2)])
def test_transformed_filters(precision, error, tmp_path):
    b = Builder("transformed")
    model = b.model(b.conv(b.input(1, 64, 14, 14), (64, 64)))
    data = networks.random_inputs(model)
    (tmp_path / "model.onnx").write_bytes(model.SerializeToString())
    forced = {"emit": "annotated", "force_primitive": "winograd_f4x4_3x3"}
    compile_file(tmp_path / "model.onnx", tmp_path / "full.mlir", **forced)
    # The same register tile, whatever it costs.
    text = (tmp_path / "full.mlir").read_text()
    pinned = re.sub(r'variant = "(\w+)"', rf'variant = "\1-{precision}"', text)
    pinned = pinned.replace("convopt.primitive =", "convopt.pinned, convopt.primitive =")
    (tmp_path / "pinned.mlir").write_text(pinned)
    (ours,) = compile(tmp_path / "pinned.mlir").run(data)
    (theirs,) = reference.run(model.SerializeToString(), data)
    assert 0.3 * error < reference.relative_error(ours, theirs) < 2 * error
