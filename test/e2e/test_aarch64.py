"""Objects for aarch64, linked with a C program by the cross compiler, give the right outputs under qemu."""

from pathlib import Path

import numpy as np
import pytest
from conftest import EVERY_NETWORK, check_outputs
from convopt import compile_file
from convopt.testing import networks, programs, reference, unseen
from convopt.testing.builder import Builder

QUICK = ["squeezenet1_1", *unseen.NETWORKS]


@pytest.mark.parametrize("name", networks.names() if EVERY_NETWORK else QUICK)
def test_outputs(name, build, run_program):
    outputs = run_program(name, *build(name, "aarch64"), "aarch64")
    check_outputs(networks.network(name), outputs)


def test_threads(build, run_program):
    outputs = run_program("unet", *build("unet", "aarch64", threads=2), "aarch64")
    check_outputs(networks.network("unet"), outputs)


def test_half_precision(build, run_program):
    """Products and short sums of f16, where nothing else is as small."""
    options = {"cpu": "cortex-a76", "precisions": "f16", "max_error": 1, "max_weights": 0.6}
    outputs = run_program("squeezenet1_1", *build("squeezenet1_1", "aarch64", **options), "aarch64")
    (expected,) = networks.network("squeezenet1_1").outputs
    assert 2e-4 < reference.relative_error(outputs[0], expected) < 4e-3


@pytest.mark.parametrize("epilogue", ["Relu", "Clip", "Max"])
def test_nan_passes(epilogue, tmp_path):
    b = Builder("nan")
    x = b.input(1, 8, 9, 9)
    others = {"Relu": [], "Clip": [b.constant(-0.5), b.constant(0.5)], "Max": [b.conv(x, (8, 16))]}
    model = b.model(b.add(epilogue, b.conv(x, (8, 16)), *others[epilogue]))
    image = b.generator.normal(size=(1, 8, 9, 9)).astype(np.float32)
    image[0, 3, 4, 4] = np.nan
    (expected,) = reference.run(model.SerializeToString(), [image])
    paths = [tmp_path / name for name in ("nan.onnx", "nan.o", "input", "output")]
    paths[0].write_bytes(model.SerializeToString())
    compile_file(paths[0], paths[1], target="aarch64", strict_nan=True)
    flags = [f'-DHEADER="{tmp_path / "nan.h"}"', "-DMODEL=nan_model"]
    source = Path(__file__).with_name("run_model.c")
    program = programs.link(tmp_path / "program", [source], [paths[1]], "aarch64", flags)
    image.tofile(paths[2])
    programs.execute(program, *paths[2:], target="aarch64")
    actual = np.fromfile(paths[3], np.float32).reshape(expected.shape)
    assert np.isnan(expected).any() and not np.isnan(expected).all()
    np.testing.assert_allclose(actual, expected, rtol=1e-5, atol=1e-5)
