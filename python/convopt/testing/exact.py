"""Quantised networks evaluated as the standard defines them, in real numbers as nearly as f64 has them.

onnx's reference evaluator does it, given the same network with its numbers in f64: what lies between DequantizeLinear
and QuantizeLinear has errors of 1e-16, so that only what is as near as that to the middle of two quanta may be rounded
to the other one. Scales are the f32 numbers that the file has. Some of its operators go by way of f32, or take minutes
for a network: those are written here.
"""

import functools
import itertools

import numpy as np
import onnx
from onnx import TensorProto, numpy_helper
from onnx.reference import ReferenceEvaluator
from onnx.reference.op_run import OpRun
from scipy import special


def _along(values, rank: int, axis: int):
    """A scale or a zero point for each place of an axis, or one."""
    return values.reshape([-1 if i == axis % rank else 1 for i in range(rank)]) if np.ndim(values) else values


def _windows(x, kernel, strides, pads, dilations, fill, ceil_mode=0):
    """For each place of a kernel what it meets: arrays of the size of the result."""
    rank = len(kernel)
    strides, dilations, pads = strides or [1] * rank, dilations or [1] * rank, pads or [0] * (2 * rank)
    x = np.pad(x, [(0, 0), (0, 0), *zip(pads[:rank], pads[rank:], strict=True)], constant_values=fill)
    reach = [dilation * (size - 1) for size, dilation in zip(kernel, dilations, strict=True)]
    if ceil_mode and any((n - last - 1) % step for n, last, step in zip(x.shape[2:], reach, strides, strict=True)):
        raise ValueError("ceil_mode is not written for windows that reach beyond the padding")
    for place in itertools.product(*map(range, kernel)):
        starts = [i * dilation for i, dilation in zip(place, dilations, strict=True)]
        ends = [size - last + start for size, last, start in zip(x.shape[2:], reach, starts, strict=True)]
        slices = map(slice, starts, ends, strides)
        yield place, x[(slice(None), slice(None), *slices)]


def _refuse(**attributes):
    for name, value in attributes.items():
        if value not in (None, 0, b"NOTSET", "NOTSET"):
            raise ValueError(f"{name}={value} is not written")


class DequantizeLinear(OpRun):
    """Products of an integer of up to 29 bits with a scale: exact."""

    def _run(self, x, scale, zero=None, axis=1, **newer):
        _refuse(**newer)
        zero = np.zeros_like(scale) if zero is None else zero.astype(np.float64)
        return ((x.astype(np.float64) - _along(zero, x.ndim, axis)) * _along(scale, x.ndim, axis),)


class QuantizeLinear(OpRun):
    """The integer nearest to a quotient, the even one of two; saturated after the zero point is added."""

    def _run(self, x, scale, zero, axis=1, saturate=1, **newer):
        _refuse(**newer)
        limits = np.iinfo(zero.dtype)
        integers = np.rint(x / _along(scale, x.ndim, axis)) + _along(zero.astype(np.float64), x.ndim, axis)
        return (np.clip(integers, limits.min, limits.max).astype(zero.dtype),)


class Conv(OpRun):
    """A product of matrices for each place of the filter and each group."""

    def _run(self, x, w, b=None, dilations=None, group=1, kernel_shape=None, pads=None, strides=None, **others):
        _refuse(**others)
        filters = w.reshape(group, w.shape[0] // group, *w.shape[1:])
        result = 0.0
        for place, met in _windows(x, w.shape[2:], strides, pads, dilations, 0):
            columns = met.reshape(len(x), group, w.shape[1], -1)
            result = result + filters[(..., *place)] @ columns
        result = result.reshape(len(x), w.shape[0], *met.shape[2:])
        return (result if b is None else result + _along(b, x.ndim, 1),)


class AveragePool(OpRun):
    """The sum of what is met, and the number of these or of all places."""

    def _run(self, x, count_include_pad=0, dilations=None, kernel_shape=None, pads=None, strides=None, **others):
        _refuse(**others)
        total = sum(met for _, met in _windows(x, kernel_shape, strides, pads, dilations, 0))
        ones = _windows(np.ones_like(x), kernel_shape, strides, pads, dilations, count_include_pad)
        return (total / sum(met for _, met in ones),)


class MaxPool(OpRun):
    """The largest of what is met."""

    def _run(self, x, ceil_mode=0, dilations=None, kernel_shape=None, pads=None, strides=None, **others):
        _refuse(**others)
        windows = _windows(x, kernel_shape, strides, pads, dilations, -np.inf, ceil_mode)
        return (functools.reduce(np.maximum, (met for _, met in windows)),)


class Erf(OpRun):
    """In f64; onnx's rounds to f32."""

    def _run(self, x):
        return (special.erf(x),)


class Sigmoid(OpRun):
    """Of whole arrays; onnx's is of an element."""

    def _run(self, x):
        return (special.expit(x),)


OPERATORS = [DequantizeLinear, QuantizeLinear, Conv, AveragePool, MaxPool, Erf, Sigmoid]


def _widen(tensor: TensorProto):
    if tensor.data_type == TensorProto.FLOAT:
        tensor.CopyFrom(numpy_helper.from_array(numpy_helper.to_array(tensor).astype(np.float64), tensor.name))


def evaluator(model) -> ReferenceEvaluator:
    """For a path or a ModelProto, which is left as it is; an operator that would round to f32 is refused."""
    copy = onnx.ModelProto()
    copy.CopyFrom(onnx.load(model) if not isinstance(model, onnx.ModelProto) else model)
    for tensor in copy.graph.initializer:
        _widen(tensor)
    for node in copy.graph.node:
        if node.op_type in ("Cast", "ConstantOfShape"):
            raise ValueError(f"{node.op_type} {node.name} may make numbers of f32")
        for attribute in node.attribute:
            _widen(attribute.t)
    return ReferenceEvaluator(copy, new_ops=OPERATORS)


def run(engine: ReferenceEvaluator, inputs, outputs=None) -> list:
    """Results by name (the graph's by default), as f64 or integers, for a list of inputs in the graph's order."""
    wide = [array.astype(np.float64) if array.dtype == np.float32 else array for array in inputs]
    return engine.run(outputs, dict(zip(engine.input_names, wide, strict=True)))
