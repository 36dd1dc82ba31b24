"""The C interface of a compiled model as ctypes sees it: the structs of the generated header."""

import ctypes
import mmap
from ctypes import CFUNCTYPE, POINTER, Structure, c_char_p, c_int, c_int64, c_void_p
from typing import NamedTuple

import numpy as np

STATUS = {
    1: "bad argument",
    2: "threads could not be started",
    3: "this CPU lacks what the target needs",
    4: "the weights file is another model's",
}

_DTYPES = {
    "f16": "float16",
    "f32": "float32",
    "f64": "float64",
    "i8": "int8",
    "i16": "int16",
    "i32": "int32",
    "i64": "int64",
    "u8": "uint8",
    "u16": "uint16",
    "u32": "uint32",
    "u64": "uint64",
    "bool": "bool",
}


_ML_DTYPES = {
    "bf16": "bfloat16",
    "f8e4m3fn": "float8_e4m3fn",
    "f8e4m3fnuz": "float8_e4m3fnuz",
    "f8e5m2": "float8_e5m2",
    "f8e5m2fnuz": "float8_e5m2fnuz",
    "f8e8m0": "float8_e8m0fnu",
}


class CTensor(Structure):
    """struct convopt_tensor."""

    _fields_ = [("name", c_char_p), ("type", c_char_p), ("rank", c_int64), ("dims", POINTER(c_int64))]


class CModel(Structure):
    """struct convopt_model."""

    _fields_ = [
        ("name", c_char_p),
        ("target", c_char_p),
        ("version", c_char_p),
        ("input_count", c_int64),
        ("inputs", POINTER(CTensor)),
        ("output_count", c_int64),
        ("outputs", POINTER(CTensor)),
        ("workspace_bytes", c_int64),
        ("weights_bytes", c_int64),
        ("init", CFUNCTYPE(c_int, c_void_p, c_void_p)),
        ("run", CFUNCTYPE(c_int, POINTER(c_void_p), POINTER(c_void_p), c_void_p)),
        ("fini", CFUNCTYPE(None, c_void_p)),
        ("output_dims", CFUNCTYPE(POINTER(c_int64), c_void_p, c_int64)),
    ]


class CSize(Structure):
    """struct convopt_size."""

    _fields_ = [("inputs", POINTER(CTensor)), ("outputs", POINTER(CTensor))]


class CSizes(Structure):
    """struct convopt_sizes."""

    _fields_ = [
        ("count", c_int64),
        ("sizes", POINTER(CSize)),
        ("run", CFUNCTYPE(c_int, POINTER(c_void_p), POINTER(c_void_p), POINTER(c_void_p), c_void_p)),
        ("output_dims", CFUNCTYPE(POINTER(c_int64), c_void_p, c_int64)),
    ]


class Tensor(NamedTuple):
    """One input or output: its ONNX name, its type as the interface names it, and its shape.

    Of a model for several sizes -1 stands where they differ.
    """

    name: str
    type: str
    shape: tuple

    @property
    def dtype(self) -> np.dtype:
        """The numpy type; bf16 and 8-bit floats need the package ml_dtypes."""
        if self.type in _ML_DTYPES:
            import ml_dtypes

            return np.dtype(getattr(ml_dtypes, _ML_DTYPES[self.type]))
        return np.dtype(_DTYPES[self.type])

    def __str__(self) -> str:
        """As in messages: 'x': f32[1, 3, 224, 224]."""
        return f"'{self.name}': {self.type}{list(self.shape)}"


def tensors(count: int, array) -> list:
    """The tensors that a CModel lists."""
    return [
        Tensor(t.name.decode(), t.type.decode(), tuple(t.dims[: t.rank]) if t.rank else ())
        for t in (array[i] for i in range(count))
    ]


class Size(NamedTuple):
    """The tensors of one size of a model."""

    inputs: list
    outputs: list

    def __str__(self) -> str:
        """Of the inputs, as in messages."""
        return ", ".join(map(str, self.inputs))


def sizes(model: CModel, several: CSizes | None) -> list:
    """Each Size of a model; one where there are not `several`."""
    tables = [several.sizes[i] for i in range(several.count)] if several else [model]
    return [Size(tensors(model.input_count, t.inputs), tensors(model.output_count, t.outputs)) for t in tables]


def aligned_bytes(size: int, alignment: int = 64) -> np.ndarray:
    """Uninitialised memory that starts at a multiple of `alignment`."""
    memory = np.empty(size + alignment, np.uint8)
    start = -memory.ctypes.data % alignment
    return memory[start : start + size]


def huge_pages(size: int) -> np.ndarray:
    """Zeros in pages of 2 MB, the first of which they begin; in others where the system has none."""
    page = 2 << 20
    memory = mmap.mmap(-1, (-(-size // page) + 1) * page, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    if hasattr(mmap, "MADV_HUGEPAGE"):
        memory.madvise(mmap.MADV_HUGEPAGE)
    everything = np.frombuffer(memory, np.uint8)
    start = -everything.ctypes.data % page
    return everything[start : start + size]


def pointers(arrays) -> ctypes.Array:
    """The arrays' data as a C array of pointers."""
    return (c_void_p * max(1, len(arrays)))(*(array.ctypes.data for array in arrays))


def dims(arrays) -> ctypes.Array:
    """The arrays' dimensions as a C array of pointers to int64_t; it owns what they point to."""
    tables = [(c_int64 * max(1, array.ndim))(*array.shape) for array in arrays]
    result = (c_void_p * max(1, len(arrays)))(*map(ctypes.addressof, tables))
    result.tables = tables
    return result
