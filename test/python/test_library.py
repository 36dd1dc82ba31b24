"""convopt.compile() in this process: what it takes, gives and says, and where the library is found."""

import os
import subprocess
import sys
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import convopt
import numpy as np
import onnx
import pytest
from convopt import library
from onnx import TensorProto, helper

BUILD = Path(os.environ["CONVOPT_BIN"]).parent
SANITIZED = "-fsanitize" in (BUILD / "CMakeCache.txt").read_text()
pytestmark = pytest.mark.skipif(SANITIZED, reason="Python cannot load a library with sanitizers")
X = np.linspace(-2, 2, 24, dtype=np.float32).reshape(1, 4, 6)


def tensor(name, shape):
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)


def make_model(batch=1):
    nodes = [helper.make_node("Sub", ["a", "b"], ["d"]), helper.make_node("Tanh", ["d"], ["y"])]
    shape = [batch, 4, 6]
    graph = helper.make_graph(nodes, "g", [tensor("a", shape), tensor("b", shape)], [tensor("y", shape)])
    return helper.make_model(graph, ir_version=8, opset_imports=[helper.make_opsetid("", 17)])


@pytest.fixture
def path(tmp_path):
    onnx.save(make_model(), tmp_path / "difference.onnx")
    return tmp_path / "difference.onnx"


@pytest.fixture(autouse=True)
def no_program(monkeypatch):
    """Nothing here may be done by a program that Python starts."""

    def refuse(*arguments, **_):
        raise AssertionError(f"a program was started: {arguments}")

    monkeypatch.setattr(subprocess, "run", refuse)
    monkeypatch.setattr(subprocess, "Popen", refuse)


def check(model):
    assert isinstance(model, convopt.Model)
    np.testing.assert_allclose(model(X, 2 * X), np.tanh(-X), rtol=1e-5, atol=1e-6)


def test_takes_files_bytes_and_protobufs(path):
    check(convopt.compile(path))
    check(convopt.compile(str(path), threads=2, max_error=1e-5, cpu=None, profile=False))
    check(convopt.compile(path.read_bytes(), target="host"))
    check(convopt.compile(bytearray(path.read_bytes())))
    check(convopt.compile(make_model(), weights="external"))


def test_takes_mlir(tmp_path):
    file = tmp_path / "net.mlir"
    file.write_text("func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {\n  return %x : tensor<4xf32>\n}")
    x = np.arange(4, dtype=np.float32)
    np.testing.assert_array_equal(convopt.compile(file)(x), x)


def test_other_machines_get_a_file(path, tmp_path):
    compiled = convopt.compile(path, target="aarch64", weights="external")
    assert isinstance(compiled, convopt.CompiledFile)
    assert bytes(compiled)[:4] == b"\x7fELF" and bytes(compiled)[18] == 183
    assert repr(compiled).startswith("<convopt.CompiledFile difference: obj for aarch64, ")
    saved = compiled.save(tmp_path / "board.o")
    assert saved.read_bytes() == bytes(compiled)
    assert "difference_model" in (tmp_path / "board.h").read_text()
    assert (tmp_path / "board.weights").read_bytes() == compiled.weights
    with open(compiled, "rb") as file:
        assert file.read() == bytes(compiled)
    assert Path(os.fspath(compiled)).with_suffix(".h").read_text() == compiled.header


def test_bytes_are_the_programs(path, tmp_path, monkeypatch):
    monkeypatch.undo()
    for target, emit in (("aarch64", "obj"), ("x86-64", "obj"), ("aarch64", "shared"), ("x86-64", "annotated")):
        program = convopt.compile_file(path, tmp_path / "net.o", target=target, emit=emit)
        assert bytes(convopt.compile(path, target=target, emit=emit)) == program.read_bytes()


def test_explains_and_reports(path):
    compiled = convopt.compile(path, emit="obj", explain="json", report=True)
    assert compiled.explanation.startswith("{") and "<html" in compiled.report
    model = convopt.compile(path, explain=True)
    assert "workspace: " in model.explanation and model.report is None


@pytest.mark.parametrize(
    "options, message",
    [
        ({"threads": 0}, "^--threads=0: expected 1 to 1024$"),
        ({"thread": 2}, "^unknown option 'thread'; did you mean 'threads'"),
        ({"target": "pdp11"}, "pdp11"),
        ({"shapes": {"c": (1, 2)}}, "difference.onnx: .*'c'"),
    ],
)
def test_refusals_are_exceptions(path, options, message):
    with pytest.raises(convopt.CompileError, match=message):
        convopt.compile(path, **options)
    check(convopt.compile(path))


def test_bad_models_are_exceptions(path, tmp_path):
    for model, message in (
        (b"", "model.onnx: is not an ONNX model"),
        (path.read_bytes()[:-20], "model.onnx: is not an ONNX model"),
        (b"ML\xefR no bytecode", "model.mlir"),
        (tmp_path / "none.onnx", "none.onnx: No such file"),
    ):
        with pytest.raises(convopt.CompileError, match=message):
            convopt.compile(model)
    check(convopt.compile(path))


def test_remarks_are_warnings(path):
    with pytest.warns(convopt.CompileWarning, match="model.onnx: the batch 'n' of input 'a' is taken to be 1") as seen:
        check(convopt.compile(make_model("n")))
    assert seen[0].filename == __file__
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        check(convopt.compile(make_model("n"), shapes={"a": (1, 4, 6), "b": (1, 4, 6)}))


def test_threads_get_what_one_gets(path):
    def compile(target):
        return bytes(convopt.compile(path, target=target, emit="obj"))

    targets = ["aarch64", "x86-64"] * 4
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(compile, targets)) == [*map(compile, targets[:2])] * 4


def test_version():
    assert convopt.__version__ == library.version(library.find_library())


def test_where_the_library_is_found(tmp_path, monkeypatch):
    def found():
        return str(library.find_library())

    def place(folder):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / library.NAME).touch()
        return str(folder / library.NAME)

    monkeypatch.delenv("CONVOPT_BIN")
    monkeypatch.setenv("PATH", "/none")
    package = tmp_path / "prefix/lib/python3.11/site-packages/convopt"
    monkeypatch.setattr(library, "__file__", str(package / "library.py"))
    monkeypatch.setattr(library, "_CHECKOUT", tmp_path / "checkout")
    assert library.find_library() is None
    checkout = place(tmp_path / "checkout/build/release/lib")
    assert found() == checkout
    prefix = place(tmp_path / "prefix/lib/x86_64-linux-gnu")
    assert found() == prefix
    tool = tmp_path / "tools/bin/convopt-compile"
    tool.parent.mkdir(parents=True)
    tool.touch(0o755)
    monkeypatch.setenv("PATH", str(tool.parent))
    beside_tool = place(tmp_path / "tools/lib")
    assert found() == beside_tool
    variable = place(tmp_path / "build/lib")
    monkeypatch.setenv("CONVOPT_BIN", str(tmp_path / "build/bin"))
    assert found() == variable
    inside = place(package / "lib")
    assert found() == inside


def test_the_program_stands_in_for_a_library_that_is_not_there(path, monkeypatch):
    monkeypatch.undo()
    monkeypatch.setattr(library, "find_library", lambda: None)
    check(convopt.compile(path))
    assert convopt.compile(path, explain="json", emit="obj").explanation.startswith("{")


def test_ctrl_c_ends_a_compilation(path, monkeypatch):
    """The handler of the interpreter stays: LLVM's would end it."""
    monkeypatch.undo()
    code = (
        f"import convopt, os, signal; convopt.compile({str(path)!r})\n"
        "try: os.kill(os.getpid(), signal.SIGINT); print('not ended')\n"
        "except KeyboardInterrupt: print('caught')\n"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=os.environ)
    assert result.stdout == "caught\n", result.stderr
