"""libconvopt-c by ctypes: compiles in this process, from memory to memory (include/convopt-c/Compile.h)."""

import ctypes
import functools
import os
import shutil
from ctypes import CFUNCTYPE, POINTER, c_char_p, c_int, c_size_t, c_void_p
from pathlib import Path
from typing import NamedTuple

NAME = "libconvopt-c.so"
_CHECKOUT = Path(__file__).parents[2]
_ERROR = 1
_RESULTS = ("model", "header", "weights", "explanation", "report")
_HANDLER = CFUNCTYPE(None, c_int, c_char_p, c_char_p, c_void_p)


class Diagnostic(NamedTuple):
    """What the compiler says of a model, and where; the location may be empty."""

    is_error: bool
    message: str
    location: str

    def __str__(self) -> str:
        """As convopt-compile prints it."""
        return f"{self.location}: {self.message}" if self.location else self.message


def _folders():
    """Where the library may be."""
    yield Path(__file__).parent / "lib"
    prefixes = [Path(folder).parent for folder in [os.environ.get("CONVOPT_BIN")] if folder]
    if tool := shutil.which("convopt-compile"):
        prefixes.append(Path(tool).resolve().parent.parent)
    package = Path(__file__).resolve().parents
    if package[1].name in ("site-packages", "dist-packages"):
        prefixes.append(package[4])
    for prefix in prefixes:
        yield prefix / "lib"
        yield prefix / "lib64"
        yield from sorted((prefix / "lib").glob("*-linux-gnu"))
    yield _CHECKOUT / "build" / "release" / "lib"


def find_library() -> Path | None:
    """The library, or None.

    It is in the package, in $CONVOPT_BIN/../lib, in the prefix of the convopt-compile on PATH or of Python, or in this
    checkout's build.
    """
    return next((folder / NAME for folder in _folders() if (folder / NAME).is_file()), None)


@functools.cache
def load(path: Path) -> ctypes.CDLL:
    """The library with its functions declared."""
    library = ctypes.CDLL(str(path))
    declare = {
        "convopt_compiler_version": (c_char_p, []),
        "convopt_compiler_create": (c_void_p, []),
        "convopt_compiler_destroy": (None, [c_void_p]),
        "convopt_compiler_set_handler": (None, [c_void_p, _HANDLER, c_void_p]),
        "convopt_compiler_set_option": (c_int, [c_void_p, c_char_p, c_char_p]),
        "convopt_compile": (c_void_p, [c_void_p, c_char_p, c_char_p, c_size_t, c_char_p]),
        "convopt_compile_file": (c_void_p, [c_void_p, c_char_p]),
        "convopt_compilation_get": (c_void_p, [c_void_p, c_int, POINTER(c_size_t)]),
        "convopt_compilation_destroy": (None, [c_void_p]),
    }
    for name, (result, arguments) in declare.items():
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library


def version(path: Path) -> str:
    """The version of the library at `path`."""
    return load(path).convopt_compiler_version().decode()


def compile_model(path: Path, model, options) -> tuple[dict | None, list]:
    """Compiles `model`, a path or bytes of ONNX or MLIR's bytecode, with the library at `path`.

    options: pairs of convopt-compile's names and texts; None where an option has no value. Returns the results by name,
    or None if there is an error, and the diagnostics. Other threads run meanwhile, and may compile, too.
    """
    library, diagnostics = load(path), []

    def handle(severity, message, location, _):
        text = [part.decode(errors="replace") for part in (message, location)]
        diagnostics.append(Diagnostic(severity == _ERROR, *text))

    handler = _HANDLER(handle)
    compiler = library.convopt_compiler_create()
    if not compiler:
        raise MemoryError("no memory for a compiler")
    try:
        library.convopt_compiler_set_handler(compiler, handler, None)
        for name, value in options:
            text = value if value is None else os.fsencode(value)
            if library.convopt_compiler_set_option(compiler, name.encode(), text):
                return None, diagnostics
        compilation = _run(library, compiler, model)
        return compilation and _take(library, compilation), diagnostics
    finally:
        library.convopt_compiler_destroy(compiler)


def name_of_bytes(model: bytes) -> str:
    """A name for a model in memory, whose end says what it is: MLIR's bytecode or ONNX."""
    return "model.mlir" if model.startswith(b"ML\xefR") else "model.onnx"


def _run(library, compiler, model):
    if not isinstance(model, bytes):
        return library.convopt_compile_file(compiler, os.fsencode(model))
    return library.convopt_compile(compiler, name_of_bytes(model).encode(), model, len(model), None)


def _take(library, compilation) -> dict:
    results, size = {}, c_size_t()
    for i, name in enumerate(_RESULTS):
        if data := library.convopt_compilation_get(compilation, i, ctypes.byref(size)):
            results[name] = ctypes.string_at(data, size.value)
    library.convopt_compilation_destroy(compilation)
    return results
