"""Objects for several sizes, one of whose outputs depends on data, linked with a C program: here and for aarch64."""

from pathlib import Path

import numpy as np
import onnx
import pytest
from conftest import TOLERANCE
from convopt import compile_file
from convopt.testing import programs, reference
from convopt.testing.builder import Builder

SHAPES = [(1, 3, 12, 20), (2, 3, 12, 8), (1, 3, 12, 33)]


@pytest.fixture(scope="module")
def network(tmp_path_factory):
    """Of an image of any width and as many numbers: convolutions, and those numbers that are positive."""
    b = Builder("net")
    image, numbers = b.input("batch", 3, 12, "width"), b.input("width")
    x = b.add("Relu", b.conv(image, (3, 16), strides=[2, 1]))
    x = b.add("Add", x, b.add("Relu", b.conv(x, (16, 16))))
    some = b.add("Compress", numbers, b.add("Greater", numbers, b.constant(0)), axis=0)
    path = tmp_path_factory.mktemp("sizes") / "net.onnx"
    onnx.save(b.model(b.conv(x, (16, 24), 1), some), path)
    return path


def arrays(shape):
    generator = np.random.default_rng(shape[3])
    return [generator.standard_normal(shape, np.float32), generator.standard_normal(shape[3], np.float32)]


@pytest.mark.parametrize("target, threads", [("host", 2), ("aarch64", 1), ("aarch64", 2)])
def test_each_size_in_one_workspace(network, tmp_path, target, threads):
    shapes = {"input0": SHAPES, "input1": [(shape[3],) for shape in SHAPES]}
    built = compile_file(network, tmp_path / "net.o", shapes=shapes, target=target, threads=threads)
    flags = [f'-DHEADER="{built.with_suffix(".h")}"', "-DNAME=net"]
    program = programs.link(tmp_path / "run", [Path(__file__).parent / "run_sizes.c"], [built], target, flags)
    for i, shape in enumerate(SHAPES):
        for k, array in enumerate(arrays(shape)):
            array.tofile(tmp_path / f"input{i}.{k}")
    lines = programs.execute(program, tmp_path, target=target).splitlines()
    # The last size ran first.
    dims = [tuple(map(int, line.split())) for line in lines]
    dims = [dims[2 * i : 2 * i + 2] for i in reversed(range(len(SHAPES)))]
    for i, shape in enumerate(SHAPES):
        expected = reference.run(network, arrays(shape))
        assert dims[i] == [array.shape for array in expected]
        image = np.fromfile(tmp_path / f"output{i}.0", np.float32).reshape(dims[i][0])
        assert reference.relative_error(image, expected[0]) <= TOLERANCE
        some = np.fromfile(tmp_path / f"output{i}.1", np.float32)
        assert some.size == shape[3]
        np.testing.assert_array_equal(some[: dims[i][1][0]], expected[1])
