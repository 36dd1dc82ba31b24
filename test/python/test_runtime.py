"""The ctypes loader against a library written by hand, and compile() against a tool written by hand."""

import ctypes
import gc
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from convopt import CompileError, Model, compile, elf

SOURCE = Path(__file__).parent / "fake_model.c"
BUILD = ["cc", "-shared", "-fPIC", f"-I{Path(__file__).parents[2] / 'include'}"]


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    path = tmp_path_factory.mktemp("fake") / "fake.so"
    subprocess.run([*BUILD, "-o", path, SOURCE], check=True)
    return path


def floats(start):
    return np.arange(start, start + 6, dtype=np.float32).reshape(2, 3)


def test_runs(library):
    model = Model(library, "add", fill=255)
    assert str(model.inputs[0]) == "'a': f32[2, 3]"
    np.testing.assert_array_equal(model(floats(0), floats(5)), floats(0) + floats(5))
    np.testing.assert_array_equal(model.run({"b": floats(1), "a": floats(0)})[0], floats(0) + floats(1))


def test_takes_inputs_by_name(library):
    model = Model(library, "add")
    for inputs, named in (((), {"b": floats(1), "a": floats(0)}), ((floats(0),), {"b": floats(1)})):
        np.testing.assert_array_equal(model(*inputs, **named), floats(0) + floats(1))
    with pytest.raises(TypeError, match="add: the input 'a' is given twice"):
        model(floats(0), a=floats(1))
    with pytest.raises(ValueError, match="add: the input 'b' is missing"):
        model(a=floats(0))


def test_writes_to_arrays_of_the_callers(library, tmp_path):
    model, result = Model(library, "add"), np.empty((2, 3), np.float32)
    assert model(floats(0), floats(5), out=result) is result
    np.testing.assert_array_equal(result, floats(0) + floats(5))
    # An input that is written over is read first.
    assert model(floats(1), result, out=[result]) is result
    np.testing.assert_array_equal(result, floats(0) + floats(5) + floats(1))
    np.array([1, 2, 3], np.int64).tofile(tmp_path / "weights")
    scale, results = Model(library, "scale", weights=tmp_path / "weights"), (np.empty(3, np.int64), np.empty((), bool))
    assert all(got is given for got, given in zip(scale(np.int8(2), out=results), results, strict=True))
    assert results[0].tolist() == [2, 4, 6] and results[1]


def test_huge_pages_hold_workspace_and_weights(library, tmp_path):
    np.array([1, 2, 3], np.int64).tofile(tmp_path / "weights")
    scale = Model(library, "scale", weights=tmp_path / "weights", huge_pages=True)
    (tmp_path / "weights").unlink()
    assert scale(np.int8(2))[0].tolist() == [2, 4, 6]
    for memory in (scale._workspace, scale._weights):
        assert memory.ctypes.data % (2 << 20) == 0


@pytest.mark.parametrize(
    "out, error, message",
    [
        ([], ValueError, "add: 1 outputs are written, out= has 0 arrays"),
        ([[1.0] * 6], TypeError, "cannot be written to an array of list"),
        (np.empty((2, 3)), TypeError, "cannot be written to an array of float64"),
        (np.empty((3, 2), np.float32), ValueError, "cannot be written to the shape .3, 2."),
        (np.empty((3, 2), np.float32).T, ValueError, "contiguous and writeable"),
        (np.broadcast_to(np.float32(1), (2, 3)), ValueError, "contiguous and writeable"),
    ],
)
def test_refuses_to_write(library, out, error, message):
    with pytest.raises(error, match=message):
        Model(library, "add")(floats(0), floats(1), out=out)


def test_is_closed_by_with_and_says_what_it_is(library):
    with Model(library, "add") as model:
        inputs, output = "('a': f32[2, 3], 'b': f32[2, 3])", str(model.outputs[0])
        assert repr(model) == f"<convopt.Model add for {model.target}: {inputs} -> ({output})>"
    with pytest.raises(RuntimeError, match="add: the model was closed"):
        model(floats(0), floats(0))


def test_takes_arrays_that_are_not_contiguous(library):
    turned = np.asfortranarray(floats(0))
    np.testing.assert_array_equal(Model(library, "add")(turned, floats(0)), 2 * floats(0))


def test_external_weights_scalars_and_several_outputs(library, tmp_path):
    weights = tmp_path / "weights"
    np.array([1, 2, 3], np.int64).tofile(weights)
    scaled, done = Model(library, "scale", weights=weights)(np.int8(-2))
    assert scaled.dtype == np.int64 and scaled.tolist() == [-2, -4, -6]
    assert done.dtype == np.bool_ and done.shape == () and done
    weights.write_bytes(bytes(25))
    with pytest.raises(ValueError, match="weights: has 25 bytes, the weights of scale have 24"):
        Model(library, "scale", weights=weights)


def test_finds_weights_beside_the_library(library, tmp_path):
    beside = tmp_path / "fake.so"
    beside.write_bytes(library.read_bytes())
    np.array([1, 2, 3], np.int64).tofile(tmp_path / "fake.weights")
    assert Model(beside, "scale")(np.int8(3))[0].tolist() == [3, 6, 9]


@pytest.mark.parametrize(
    "inputs, error, message",
    [
        ([floats(0)], ValueError, "add: 2 inputs are needed, 1 were given"),
        ([floats(0), floats(0).astype(float)], TypeError, "'b': f32.2, 3. was given an array of float64"),
        ([floats(0), floats(0).ravel()], ValueError, "'b': f32.2, 3. was given the shape .6."),
        ({"a": floats(0)}, ValueError, "the input 'b' is missing"),
        ({"a": floats(0), "c": floats(0)}, ValueError, "no input is called 'c'; there are a, b"),
        ([floats(99), floats(0)], RuntimeError, "add: status 7"),
    ],
)
def test_refuses(library, inputs, error, message):
    with pytest.raises(error, match=message):
        Model(library, "add").run(inputs)


def test_names_what_the_library_lacks(library, tmp_path):
    with pytest.raises(ValueError, match="several models .add_model, scale_model.; say which with name="):
        Model(library)
    with pytest.raises(ValueError, match="holds no model called 'other'"):
        Model(library, "other")
    with pytest.raises(
        FileNotFoundError, match="the weights of scale are missing: there is no .*fake.weights; say with"
    ):
        Model(library, "scale")
    (tmp_path / "text").write_text("no library")
    with pytest.raises(ValueError, match="not a 64-bit little-endian ELF file"):
        Model(tmp_path / "text")
    (tmp_path / "short").write_bytes(library.read_bytes()[:64])
    with pytest.raises(ValueError, match="damaged ELF file"):
        Model(tmp_path / "short")


def test_ends_threads_once(library):
    calls = ctypes.c_int.in_dll(ctypes.CDLL(str(library)), "fini_calls")
    gc.collect()
    before = calls.value
    model = Model(library, "add")
    model.close()
    del model
    gc.collect()
    assert calls.value == before + 1
    closed = Model(library, "add")
    closed.close()
    with pytest.raises(RuntimeError, match="add: the model was closed"):
        closed(floats(0), floats(0))


def test_ends_quietly_with_the_interpreter(library):
    # builtins goes after all other modules: by then nothing can be imported.
    code = f"import builtins; from convopt import Model; builtins.kept = Model({str(library)!r}, 'add')"
    path = ":".join(filter(None, sys.path))
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env={"PYTHONPATH": path})
    assert (result.returncode, result.stderr) == (0, "")


def test_reads_symbols(library):
    assert {"add_model", "scale_model", "fini_calls"} <= set(elf.exported_symbols(library))


def test_compile_passes_options_on(library, tmp_path):
    alone = tmp_path / "alone.so"
    subprocess.run([*BUILD, "-Dscale_model=scale", "-o", alone, SOURCE], check=True)
    log, tool = tmp_path / "log", tmp_path / "tool"
    tool.write_text(f'#!/bin/sh\necho "$@" > {log}\ncp {alone} "$3"\n')
    tool.chmod(0o755)
    model = compile("a.onnx", tool=tool, threads=2, max_error=1e-4, explain=True, cpu=None, shapes={"x": (1, 3)})
    assert model.name == "add"
    arguments = log.read_text().split()
    assert arguments[0] == "a.onnx" and arguments[1] == "-o"
    assert arguments[3:] == ["--shape=x:1x3", "--threads=2", "--max-error=0.0001", "--explain", "--emit=shared"]


def test_compile_reports_the_tools_message(tmp_path):
    tool = tmp_path / "tool"
    tool.write_text("#!/bin/sh\necho 'model.onnx: no such operator' >&2\nexit 1\n")
    tool.chmod(0o755)
    with pytest.raises(CompileError, match="^model.onnx: no such operator$"):
        compile(b"", tool=tool)
