"""Models for several sizes: by a library written by hand, and as they are compiled."""

import json
import subprocess

import convopt
import numpy as np
import onnx
import pytest
from convopt import Model
from convopt.runtime import option_texts
from convopt.testing.builder import Builder
from test_runtime import BUILD, SOURCE


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    path = tmp_path_factory.mktemp("sizes") / "sum.so"
    subprocess.run([*BUILD, "-DSUM", "-o", path, SOURCE], check=True)
    return path


def test_runs_the_size_of_the_array(library):
    model = Model(library, "sum")
    assert model.inputs[0].shape == (-1,)
    assert [size.inputs[0].shape for size in model.sizes] == [(2,), (3,)]
    for values in ([1, 2], [1, 2, 4]):
        assert model(np.array(values, np.float32)).tolist() == [sum(values)]
    out = np.empty(1, np.float32)
    assert model(np.ones(3, np.float32), out=out) is out and out[0] == 3


def test_outputs_have_the_sizes_that_the_run_says(library):
    model = Model(library, "sum")
    for values, sums in (([1, 2], [3]), ([-1, 2, 4], []), ([1, 2, 4], [7]), ([-1, 2], [])):
        assert model(np.array(values, np.float32)).tolist() == sums


def test_says_which_sizes_there_are(library):
    message = r"sum: no size has inputs of the shapes 'x' \[4\]; there are 'x': f32\[2\]; 'x': f32\[3\]"
    with pytest.raises(ValueError, match=message):
        Model(library, "sum")(np.ones(4, np.float32))
    with pytest.raises(TypeError, match="was given an array of float64"):
        Model(library, "sum")(np.ones(3))


def test_a_model_of_one_size_has_one(library):
    (size,) = Model(library, "add").sizes
    assert [tensor.shape for tensor in size.inputs] == [(2, 3), (2, 3)] and size.outputs[0].name == "sum"


def test_shapes_are_one_or_several():
    texts = option_texts({"x": (1, 3), "y": [(1, 2), [np.int64(3), 4]]}, {})
    assert texts == [("shape", "x:1x3"), ("shape", "y:1x2"), ("shape", "y:3x4")]


def test_compiles_for_several_sizes(tmp_path):
    b = Builder("net")
    onnx.save(b.model(b.add("Relu", b.conv(b.input("batch", 3, 8, "width"), (3, 4)))), tmp_path / "net.onnx")
    shapes = [(1, 3, 8, 8), (2, 3, 8, 12)]
    several = convopt.compile(tmp_path / "net.onnx", shapes={"input0": shapes})
    for shape in shapes:
        x = np.random.default_rng(0).standard_normal(shape, np.float32)
        alone = convopt.compile(tmp_path / "net.onnx", shapes={"input0": shape})
        np.testing.assert_allclose(several(x), alone(x), rtol=1e-4, atol=1e-4)
    with pytest.raises(convopt.CompileError, match="sizes 1 and 2 are the same"):
        convopt.compile(tmp_path / "net.onnx", shapes={"input0": [shapes[0], shapes[0]]})


def test_reports_tell_of_all_sizes(tmp_path):
    b = Builder("net")
    onnx.save(b.model(b.conv(b.input("batch", 3, 8, 8), (3, 4))), tmp_path / "net.onnx")
    shapes = {"input0": [(1, 3, 8, 8), (2, 3, 8, 8)]}
    model = convopt.compile(tmp_path / "net.onnx", shapes=shapes, explain="json", report=True, profile=True)
    explained = json.loads(model.explanation)
    assert [size["inputs"][0]["shape"] for size in explained["sizes"]] == [[1, 3, 8, 8], [2, 3, 8, 8]]
    assert model.explanation in model.report
    assert model(np.ones((2, 3, 8, 8), np.float32)).shape == (2, 4, 8, 8)


def test_outputs_that_depend_on_data(tmp_path):
    b = Builder("net")
    x = b.input("count", 2)
    first = b.add("Gather", x, b.constant(0, np.int64), axis=1)
    some = b.add("Compress", x, b.add("Greater", first, b.constant(0)), axis=0)
    onnx.save(b.model(some, b.add("Add", x, x)), tmp_path / "net.onnx")
    model = convopt.compile(tmp_path / "net.onnx", shapes={"input0": [(4, 2), (9, 2)]})
    assert [tensor.shape for tensor in model.outputs] == [(-1, 2), (-1, 2)]
    generator = np.random.default_rng(0)
    for count in (9, 4, 4, 9):
        x = generator.standard_normal((count, 2), np.float32)
        some, twice = model(x)
        np.testing.assert_array_equal(some, x[x[:, 0] > 0])
        np.testing.assert_array_equal(twice, x + x)
    # Memory of the caller's has the largest size; what is given back is the part of it that means something.
    whole = [np.empty((9, 2), np.float32), np.empty((9, 2), np.float32)]
    some, _ = model(x, out=whole)
    assert np.shares_memory(some, whole[0])
    np.testing.assert_array_equal(some, x[x[:, 0] > 0])
