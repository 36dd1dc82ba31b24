"""Comparisons, what is made of truth values, and bits."""

import numpy as np

from convopt.testing.growth import Growth, Unsuitable, Value
from convopt.testing.operators import grows
from convopt.testing.operators.joins import broadcastable, partner


def _truth(value: Value) -> bool:
    return value.array.dtype == bool


@grows(3)
def comparison(g: Growth) -> Value:
    """Of a value with another or with a constant."""
    x = g.pick(lambda v: v.array.dtype in (np.float32, np.int64, np.int32) and v.array.size)
    operators = ["Less", "Greater"] + (["LessOrEqual", "GreaterOrEqual"] if g.opset >= 12 else [])
    if x.array.dtype.kind != "f":
        operators.append("Equal")
    return g.add(g.choose(operators), x, partner(g, x))


@grows(3)
def where(g: Growth):
    """Where by a comparison, or by truth values at hand."""
    condition = comparison(g) if g.chance(0.6) else g.pick(_truth)
    x = g.pick(lambda v: v.real and broadcastable(v.shape, condition.shape))
    shape = np.broadcast_shapes(x.shape, condition.shape)
    y = g.pick(lambda v: v.real and broadcastable(v.shape, shape)) if g.chance(0.5) else g.constant(-1)
    return g.add("Where", condition, *((y, x) if g.chance(0.3) else (x, y)))


@grows(2)
def combination(g: Growth):
    """And, Or, Xor, Not."""
    x = g.pick(_truth)
    if g.chance(0.3):
        return g.add("Not", x)
    y = g.pick(lambda v: _truth(v) and broadcastable(v.shape, x.shape))
    return g.add(g.choose(["And", "Or", "Xor"]), x, y)


@grows(0.5)
def undefined(g: Growth):
    """IsNaN and IsInf."""
    return g.add(g.choose(["IsNaN", "IsNaN", "IsInf"]), g.pick())


@grows(0.7)
def bits(g: Growth):
    """BitwiseAnd and its kin of integers, shifts of unsigned ones."""
    x = g.pick(lambda v: v.array.dtype.kind in "iu")
    if x.array.dtype == np.uint8 and g.chance(0.5):
        return g.add("BitShift", x, g.constant(g.integer(0, 3), np.uint8), direction=g.choose(["LEFT", "RIGHT"]))
    if g.opset < 18:
        raise Unsuitable
    if g.chance(0.2):
        return g.add("BitwiseNot", x)
    operator = g.choose(["BitwiseAnd", "BitwiseOr", "BitwiseXor"])
    return g.add(operator, x, g.constant(g.random.integers(0, 100, x.shape), x.array.dtype))
