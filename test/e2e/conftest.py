import os

import numpy as np
import pytest
from convopt import compile_file
from convopt.testing import networks, programs, reference

# The 21 networks by a process that has eight minutes for each target; the quick ones are enough every day.
EVERY_NETWORK = bool(os.environ.get("CONVOPT_EVERY_NETWORK"))
TOLERANCE = 1e-4


def check_outputs(network, outputs):
    """Within TOLERANCE of ONNX Runtime."""
    for actual, expected in zip(outputs, network.outputs, strict=True):
        assert actual.dtype == expected.dtype
        assert reference.relative_error(actual, expected) <= TOLERANCE


@pytest.fixture
def build(tmp_path):
    """build(network, target, **options) compiles to an object and its header; returns both paths."""

    def build(name, target="host", **options):
        path = tmp_path / f"{name}.o"
        compile_file(networks.network(name).path, path, target=target, **options)
        return path, path.with_suffix(".h")

    return build


@pytest.fixture
def run_program(tmp_path):
    """run_program(network, object, header, target) links run_model.c with the object; returns the outputs."""

    def run_program(name, built, header, target="host"):
        network = networks.network(name)
        source = os.path.join(os.path.dirname(__file__), "run_model.c")
        flags = [f'-DHEADER="{header}"', f"-DMODEL={name}_model"]
        program = programs.link(tmp_path / f"{name}.exe", [source], [built], target, flags)
        inputs = [tmp_path / f"{name}.input{i}" for i in range(len(network.inputs))]
        outputs = [tmp_path / f"{name}.output{i}" for i in range(len(network.outputs))]
        for path, array in zip(inputs, network.inputs, strict=True):
            array.tofile(path)
        programs.execute(program, *inputs, *outputs, target=target)
        return [
            np.fromfile(path, array.dtype).reshape(array.shape)
            for path, array in zip(outputs, network.outputs, strict=True)
        ]

    return run_program
