"""Casts: between precisions, to integers and back, to and from truth values."""

import numpy as np
from onnx import helper

from convopt.testing.growth import Growth, Unsuitable, Value
from convopt.testing.operators import grows

INTEGERS = (np.int32, np.int64, np.uint8, np.int8)


def cast(g: Growth, x: Value, dtype) -> Value:
    """A Cast to a type of numpy."""
    kind = helper.np_dtype_to_tensor_dtype(np.dtype(dtype))
    return g.add("Cast", x, to=kind, rough=dtype == np.float16)


@grows(2)
def back(g: Growth):
    """Anything but f32 to f32, so that the graph goes on."""
    return cast(g, g.pick(lambda v: not v.real), np.float32)


@grows(0.3)
def like(g: Growth):
    """CastLike, to f32."""
    if g.opset < 15:
        raise Unsuitable
    return g.add("CastLike", g.pick(lambda v: not v.real), g.pick())


@grows(1)
def wider(g: Growth):
    """To f64."""
    return cast(g, g.pick(), np.float64)


@grows(1)
def narrower(g: Growth):
    """Through f16 and back, or to f16."""
    x = cast(g, g.pick(), np.float16)
    return cast(g, x, np.float32) if g.chance(0.6) else x


@grows(2)
def whole(g: Growth):
    """To an integer type; numbers between integers go to the one nearer zero."""
    dtype = g.choose(INTEGERS)
    limits = np.iinfo(dtype)

    def fits(v):
        return v.array.size and limits.min < float(v.array.min()) and float(v.array.max()) < limits.max

    return cast(g, g.pick(lambda v: v.array.dtype.kind in "fi" and fits(v)), dtype)


@grows(1)
def truth(g: Growth):
    """To bool, of what has zeros too.

    Not of a number that was cast to an integer: ONNX Runtime leaves out the first of two casts, so that 0.5 is true.
    """
    made = {node.output[0] for node in g.nodes if node.op_type in ("Cast", "CastLike")}
    return cast(g, g.pick(lambda v: v.array.dtype.kind in "fi" and v.name not in made), bool)
