"""Compile an ONNX model in this process and run it on numpy arrays.

import convopt
model = convopt.compile("resnet18.onnx", threads=2)
logits = model(image)
"""

import os
import platform
import re
import tempfile
import warnings
from pathlib import Path

from convopt import library
from convopt.compiled import CompiledFile
from convopt.runtime import CompileError, Model, compile_file, option_texts


class CompileWarning(UserWarning):
    """What the compiler remarks on a model that it compiles: an open size, say, and how it was taken."""


def compile(model, *, shapes=None, tool=None, timeout=None, **options) -> "Model | CompiledFile":
    """Compiles `model`, an ONNX file, its bytes or a ModelProto; or MLIR, a file or bytecode.

    shapes: {input: shape} for inputs of symbolic shape; {input: [shape, ...]} for a model of several sizes, of which a
    call takes that of its arrays. Everything else is an option of convopt-compile: threads=2 is
    --threads=2, max_error=1e-5 is --max-error=1e-5, profile=True is --profile.

    Returns a Model, ready to be called; for another machine (target="aarch64"), or with emit="obj" or IR, a
    CompiledFile. What explain="json" or report=True asks for is its attribute `explanation` or `report`. What is wrong
    is a CompileError, a remark a CompileWarning.

    The compiler is libconvopt-c, in this process; other threads may run and compile meanwhile. Where there is no such
    library, with `tool`, a convopt-compile, or with `timeout`, in seconds, it is a program that is called.
    """
    options = {name: value for name, value in options.items() if value is not None and value is not False}
    target = options.get("target", "host")
    for_here = target == "host" or _same_machine(target)
    emit = options.setdefault("emit", "shared" if for_here else "obj")
    if options.get("report") is True:
        options["report"] = "report.html"
    if not isinstance(model, (str, os.PathLike, bytes)):
        model = bytes(model) if isinstance(model, (bytearray, memoryview)) else model.SerializeToString()
    path = None if tool or timeout is not None else library.find_library()
    if path is None:
        results = _compile_by_tool(model, shapes=shapes, tool=tool, timeout=timeout, **options)
    else:
        results, diagnostics = library.compile_model(path, model, option_texts(shapes, options))
        _raise_or_warn(results, diagnostics)
    if emit == "shared" and for_here:
        return _load(results)
    return CompiledFile(results, _name(model, options), str(target), emit)


def _same_machine(target: str) -> bool:
    machine = {"arm64": "aarch64", "amd64": "x86_64"}.get(platform.machine(), platform.machine())
    return target.split("-linux")[0].split("-unknown")[0].replace("-", "_") == machine


def _name(model, options) -> str:
    stem = "model" if isinstance(model, bytes) else Path(model).stem
    return str(options.get("name") or re.sub(r"\W", "_", stem))


def _raise_or_warn(results, diagnostics):
    errors = [diagnostic for diagnostic in diagnostics if diagnostic.is_error]
    for diagnostic in diagnostics:
        if not diagnostic.is_error:
            # Of who has called compile().
            warnings.warn(str(diagnostic), CompileWarning, stacklevel=3)
    if results is None:
        raise CompileError(str(errors[0]) if errors else "the compiler gave no reason")


def _compile_by_tool(model, **arguments) -> dict:
    with tempfile.TemporaryDirectory(prefix="convopt-") as folder:
        folder = Path(folder)
        if isinstance(model, bytes):
            path = folder / library.name_of_bytes(model)
            path.write_bytes(model)
            model = path
        output = folder / "compiled" / "model.o"
        output.parent.mkdir()
        if arguments.get("report"):
            arguments["report"] = output.parent / "report.html"
        if arguments.get("explain") == "json":
            arguments["explain"] = f"json:{output.parent / 'explanation.json'}"
        compile_file(model, output, **arguments)
        parts = {"model": ".o", "header": ".h", "weights": ".weights"}
        found = {name: output.with_suffix(suffix) for name, suffix in parts.items()}
        found |= {"report": output.parent / "report.html", "explanation": output.parent / "explanation.json"}
        return {name: path.read_bytes() for name, path in found.items() if path.exists()}


def _load(results: dict) -> Model:
    with tempfile.TemporaryDirectory(prefix="convopt-") as folder:
        path = Path(folder) / "model.so"
        path.write_bytes(results["model"])
        if "weights" in results:
            path.with_suffix(".weights").write_bytes(results["weights"])
        # Once they are loaded and mapped the files are not needed any more.
        model = Model(path)
    model.explanation, model.report = (
        results[key].decode() if key in results else None for key in ("explanation", "report")
    )
    return model
