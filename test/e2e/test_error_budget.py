"""--max-error is kept by what the network computes, and spent; --max-size is kept by the object."""

import json

import numpy as np
import pytest
from conftest import TOLERANCE, check_outputs
from convopt import CompileError, compile, compile_file
from convopt.testing import networks, reference
from convopt.testing.builder import Builder


def precisions(explanation):
    return {conv["precision"] for conv in explanation["convolutions"]}


def check_error(network, outputs, budget):
    for actual, expected in zip(outputs, network.outputs, strict=True):
        assert reference.relative_error(actual, expected) <= budget


@pytest.mark.parametrize("budget", [1e-2, 1e-3])
@pytest.mark.parametrize("name", ["squeezenet1_1", "resnet18"])
def test_outputs_are_within(name, budget):
    network = networks.network(name)
    model = compile(network.path, max_error=budget, precisions="all", explain="json")
    check_error(network, model.run(network.inputs), budget)
    explanation = json.loads(model.explanation)
    assert precisions(explanation) - {"f32"}
    assert explanation["error"] <= explanation["max_error"] == budget
    # What each adds, and what that saves.
    errors = [conv["error"] for conv in explanation["convolutions"]]
    np.testing.assert_allclose(np.linalg.norm(errors), explanation["error"], rtol=1e-3)
    for conv in explanation["convolutions"]:
        assert ("saved_s" in conv) == (conv["precision"] != "f32")


def test_no_input_exceeds_it():
    """Its gains differ threefold between images, so that a mean over some of them says little of the next."""
    network = networks.network("efficientnet_b0")
    model = compile(network.path, max_error=1e-2, explain="json")
    explanation = json.loads(model.explanation)
    assert precisions(explanation) - {"f32"}
    assert explanation["error"] < explanation["checked_error"] <= 1e-2
    engine = reference.session(network.path)
    (name,) = [value.name for value in engine.get_inputs()]
    for seed in range(100, 105):
        image = networks.image(network.inputs[0].shape, np.random.default_rng(seed))
        (expected,) = engine.run(None, {name: image})
        assert reference.relative_error(model.run([image])[0], expected) <= 1e-2


def test_each_of_several_sizes_keeps_it():
    """And is checked by itself, though filters are shared."""
    b = Builder("sizes")
    x = b.input(1, 32, "height", "width")
    for _ in range(6):
        x = b.add("Relu", b.conv(x, (32, 32)))
    model = b.model(b.add("GlobalAveragePool", b.conv(x, (32, 64), 1)))
    shapes = [(1, 32, 12, 16), (1, 32, 24, 24)]
    # Nothing else fits into so little memory.
    limits = {"max_error": 2e-3, "precisions": "w16", "max_weights": 0.6}
    ours = compile(model, shapes={"input0": shapes}, explain="json", **limits)
    sizes = json.loads(ours.explanation)["sizes"]
    assert len(sizes) == 2
    for size, shape in zip(sizes, shapes, strict=True):
        assert precisions(size) == {"w16"}
        assert 1e-4 < size["checked_error"] <= 2e-3
        image = networks.image(shape, np.random.default_rng(7))
        (expected,) = reference.run(model.SerializeToString(), [image])
        assert reference.relative_error(ours.run([image])[0], expected) <= 2e-3


def test_a_tight_one_leaves_all_as_they_are():
    network = networks.network("squeezenet1_1")
    model = compile(network.path, max_error=1e-5, explain="json")
    check_outputs(network, model.run(network.inputs))
    assert precisions(json.loads(model.explanation)) == {"f32"}


def test_small_objects_have_narrow_weights(tmp_path, run_program):
    name = "squeezenet1_1"
    network = networks.network(name)
    limit = int(0.8 * network.path.stat().st_size)
    options = {"max_size": limit, "cache_dir": tmp_path / "cache"}
    path = tmp_path / f"{name}.o"
    with pytest.raises(
        CompileError, match=rf"--max-size={limit}: the least size reached is \d+ bytes; with --max-error"
    ):
        compile_file(network.path, path, **options)
    assert not path.exists()
    compile_file(network.path, path, max_error=1e-2, **options)
    assert path.stat().st_size <= limit
    check_error(network, run_program(name, path, path.with_suffix(".h")), 1e-2)


def test_small_objects_grow_less(build, run_program):
    name = "squeezenet1_1"
    network = networks.network(name)
    free, _ = build(name)
    limit = int(1.15 * network.path.stat().st_size)
    assert free.stat().st_size > limit
    path, header = build(name, max_size=limit)
    assert path.stat().st_size <= limit
    outputs = run_program(name, path, header)
    check_error(network, outputs, TOLERANCE)
