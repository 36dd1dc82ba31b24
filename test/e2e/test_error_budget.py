"""--max-error is kept by what the network computes, and spent; --max-size is kept by the object."""

import json

import numpy as np
import pytest
from conftest import TOLERANCE, check_outputs
from convopt import CompileError, compile, compile_file
from convopt.testing import networks, reference


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
    with pytest.raises(CompileError, match=rf"--max-size={limit}: the least size reached is \d+ bytes; with --max-error"):
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
