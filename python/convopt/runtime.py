"""Runs compiled models on numpy arrays, and calls the program convopt-compile."""

import ctypes
import os
import re
import shutil
import subprocess
import threading
from pathlib import Path

import numpy as np

from convopt import elf, interface

# An installed package has the tools in it.
_PACKAGE = Path(__file__).parent
_CHECKOUT = Path(__file__).parents[2]


class CompileError(RuntimeError):
    """The compiler refused the model or an option; the message is its own."""


def option_texts(shapes, options: dict) -> list:
    """Options in Python's form as pairs of convopt-compile's names and texts; None where an option has no value."""
    texts = [
        ("shape", f"{name}:{'x'.join(map(str, shape))}")
        for name, given in (shapes or {}).items()
        for shape in (given if any(np.ndim(each) for each in given) else [given])
    ]
    for name, value in options.items():
        if value is not None and value is not False:
            texts.append((name.replace("_", "-"), None if value is True else str(value)))
    return texts


def compile_file(model, output, *, shapes=None, tool=None, timeout=None, **options) -> Path:
    """Calls the program convopt-compile on the file `model`; returns `output`.

    shapes and options: as for convopt.compile(). tool: the program. timeout: seconds.
    """
    command = [str(tool or find_tool()), str(model), "-o", str(output)]
    for name, value in option_texts(shapes, options):
        command.append(f"--{name}" if value is None else f"--{name}={value}")
    result = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=timeout)
    if result.returncode:
        message = result.stderr.strip() or f"convopt-compile ended with status {result.returncode}"
        raise CompileError(message)
    return Path(output)


def find_tool(name: str = "convopt-compile") -> Path:
    """The tool in $CONVOPT_BIN, in this package, on PATH or in the build tree of this checkout."""
    folders = [os.environ.get("CONVOPT_BIN"), _PACKAGE / "bin", None, _CHECKOUT / "build" / "release" / "bin"]
    for folder in folders:
        if folder != "" and (found := shutil.which(name, path=folder and str(folder))):
            return Path(found)
    raise FileNotFoundError(f"{name} is neither in $CONVOPT_BIN, nor on PATH, nor built in {folders[-1]}")


class Model:
    """A compiled model in a shared library, with a workspace of its own.

    A model computes one call at a time. To run on several threads at once make one Model for each. close(), or the end
    of a `with`, ends its threads, if it has any.
    """

    inputs: list  #: A Tensor each.
    outputs: list  #: A Tensor each.
    sizes: list  #: The Sizes that it was compiled for, one or several; inputs and outputs have -1 where these differ.
    explanation = None  #: What explain= of convopt.compile() asked for.
    report = None  #: What report= of convopt.compile() asked for.

    def __init__(self, library, name=None, weights=None, fill=None, huge_pages=False):
        """Loads `library`, the output of convopt-compile --emit=shared.

        name: the model's, where the library holds several. weights: their file, where they are not in the library; by
        default the one beside it whose name ends in .weights. It is mapped, not read.
        huge_pages: copies a weights file into pages of 2 MB, and takes such for the workspace. Where pages of 4 KB fall
        is luck that a run's time depends on, by a few percent; weights that are in the library stay where they are.
        fill: a byte to set the workspace to first; whatever it is, the results must be the same.
        """
        self._handle = None
        path = Path(library).resolve()
        symbol = _model_symbol(path, name)
        self._library = ctypes.CDLL(str(path))
        handle = interface.CModel.in_dll(self._library, symbol)
        self.name, self.target = handle.name.decode(), handle.target.decode()
        self.inputs = interface.tensors(handle.input_count, handle.inputs)
        self.outputs = interface.tensors(handle.output_count, handle.outputs)
        self._several = None
        if symbol.removesuffix("_model") + "_sizes" in elf.exported_symbols(path):
            self._several = interface.CSizes.in_dll(self._library, symbol.removesuffix("_model") + "_sizes")
        self.sizes = interface.sizes(handle, self._several)
        self.workspace_bytes = handle.workspace_bytes
        self._weights = _map_weights(self.name, weights or path.with_suffix(".weights"), handle.weights_bytes)
        if huge_pages and self._weights is not None:
            pages = interface.huge_pages(self._weights.size)
            pages[:] = self._weights
            self._weights = pages
        self._workspace = (interface.huge_pages if huge_pages else interface.aligned_bytes)(handle.workspace_bytes)
        # Taken now, since numpy cannot give it any more when the interpreter ends, yet close() is called then too.
        self._address = self._workspace.ctypes.data
        if fill is not None:
            self._workspace.fill(fill)
        self._lock = threading.Lock()
        weights_address = None if self._weights is None else self._weights.ctypes.data
        _check(self.name, handle.init(self._address, weights_address))
        self._handle = handle

    def run(self, inputs, out=None) -> list:
        """The outputs, in the model's order, for a list of arrays or a dictionary of them by name.

        The arrays' shapes say which of the model's sizes is run. An output whose sizes depend on data has those that it
        has for these inputs.
        out: arrays to write them to, one an output, which are returned then; of an output whose sizes depend on data
        the part that it has for these inputs.
        """
        arrays = self._arrange(inputs)
        outputs = self._size_of(arrays).outputs
        results = [np.empty(t.shape, t.dtype) for t in outputs] if out is None else self._checked_outputs(out, outputs)
        if out is not None:
            # Outputs are written while inputs are still read.
            arrays = [a.copy() if any(np.may_share_memory(a, r) for r in results) else a for a in arrays]
        with self._lock:
            if self._handle is None:
                raise RuntimeError(f"{self.name}: the model was closed")
            given, written = interface.pointers(arrays), interface.pointers(results)
            if self._several is None:
                status = self._handle.run(given, written, self._address)
            else:
                status = self._several.run(given, interface.dims(arrays), written, self._address)
            shapes = [self._true_shape(i, t.shape) for i, t in enumerate(outputs)] if not status else []
        _check(self.name, status)
        return [_part(array, shape, out is None) for array, shape in zip(results, shapes, strict=True)]

    def __call__(self, *inputs, out=None, **named):
        """Like run(), with one argument an input, by position or by name; a single output comes without the list.

        out: the array to write to, or a sequence of them if there are several outputs.
        """
        known = [tensor.name for tensor in self.inputs]
        if named:
            if twice := set(named) & set(known[: len(inputs)]):
                raise TypeError(f"{self.name}: the input '{min(twice)}' is given twice")
            inputs = dict(zip(known, inputs, strict=False)) | named
        if out is not None and len(self.outputs) == 1 and isinstance(out, np.ndarray):
            out = [out]
        outputs = self.run(inputs, out)
        return outputs[0] if len(outputs) == 1 else tuple(outputs)

    def _true_shape(self, index: int, most: tuple) -> tuple:
        if not most:
            return most
        says = self._handle if self._several is None else self._several
        return tuple(says.output_dims(self._address, index)[: len(most)])

    def __enter__(self) -> "Model":
        """The model itself, which the end of the `with` closes."""
        return self

    def __exit__(self, *_):
        """Closes it."""
        self.close()

    def __repr__(self) -> str:
        """Name, target, inputs and outputs."""
        inputs, outputs = (", ".join(map(str, tensors)) for tensors in (self.inputs, self.outputs))
        return f"<convopt.Model {self.name} for {self.target}: ({inputs}) -> ({outputs})>"

    def close(self):
        """Ends the model's threads, if it has any. The garbage collector does it too."""
        handle, self._handle = self._handle, None
        if handle is not None:
            handle.fini(self._address)

    __del__ = close

    def _size_of(self, arrays) -> interface.Size:
        for size in self.sizes:
            if all(tensor.shape == array.shape for tensor, array in zip(size.inputs, arrays, strict=True)):
                return size
        if len(self.sizes) == 1:
            for tensor, array in zip(self.inputs, arrays, strict=True):
                if tensor.shape != array.shape:
                    raise ValueError(f"{self.name}: input {tensor} was given the shape {list(array.shape)}")
        given = ", ".join(f"'{t.name}' {list(a.shape)}" for t, a in zip(self.inputs, arrays, strict=True))
        there = "; ".join(map(str, self.sizes))
        raise ValueError(f"{self.name}: no size has inputs of the shapes {given}; there are {there}")

    def _checked_outputs(self, out, outputs) -> list:
        if len(out) != len(outputs):
            raise ValueError(f"{self.name}: {len(outputs)} outputs are written, out= has {len(out)} arrays")
        for tensor, array in zip(outputs, out, strict=True):
            if not isinstance(array, np.ndarray) or array.dtype != tensor.dtype:
                kind = array.dtype if isinstance(array, np.ndarray) else type(array).__name__
                raise TypeError(f"{self.name}: output {tensor} cannot be written to an array of {kind}")
            if array.shape != tensor.shape:
                raise ValueError(f"{self.name}: output {tensor} cannot be written to the shape {list(array.shape)}")
            if not (array.flags.c_contiguous and array.flags.writeable):
                raise ValueError(f"{self.name}: output {tensor} needs an array that is contiguous and writeable")
        return list(out)

    def _arrange(self, inputs) -> list:
        if isinstance(inputs, dict):
            known = [tensor.name for tensor in self.inputs]
            if unknown := sorted(set(inputs) - set(known)):
                raise ValueError(f"{self.name}: no input is called '{unknown[0]}'; there are {', '.join(known)}")
            if missing := [name for name in known if name not in inputs]:
                raise ValueError(f"{self.name}: the input '{missing[0]}' is missing")
            inputs = [inputs[name] for name in known]
        if len(inputs) != len(self.inputs):
            raise ValueError(f"{self.name}: {len(self.inputs)} inputs are needed, {len(inputs)} were given")
        return [self._checked(tensor, value) for tensor, value in zip(self.inputs, inputs, strict=True)]

    def _checked(self, tensor: interface.Tensor, value) -> np.ndarray:
        array = np.asarray(value)
        if array.dtype != tensor.dtype:
            raise TypeError(f"{self.name}: input {tensor} was given an array of {array.dtype}")
        return np.asarray(array, order="C")  # ascontiguousarray makes a vector of a scalar.


def _part(array: np.ndarray, shape: tuple, is_own: bool) -> np.ndarray:
    if array.shape == shape:
        return array
    part = array[tuple(slice(size) for size in shape)]
    return part.copy() if is_own else part


def _model_symbol(path: Path, name) -> str:
    models = [symbol for symbol in elf.exported_symbols(path) if symbol.endswith("_model")]
    if name is not None:
        models = [symbol for symbol in models if symbol == re.sub(r"\W", "_", name) + "_model"]
    if len(models) != 1:
        found = "no model" if not models else f"several models ({', '.join(models)}); say which with name="
        raise ValueError(f"{path}: holds {found}" + (f" called '{name}'" if name and not models else ""))
    return models[0]


def _map_weights(name: str, path, size: int):
    if not size:
        return None
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(
            f"the weights of {name} are missing: there is no {path}; say with weights= where they are"
        )
    if path.stat().st_size != size:
        raise ValueError(f"{path}: has {path.stat().st_size} bytes, the weights of {name} have {size}")
    return np.memmap(path, np.uint8, "r")


def _check(name: str, status: int):
    if status:
        raise RuntimeError(f"{name}: {interface.STATUS.get(status, f'status {status}')}")
