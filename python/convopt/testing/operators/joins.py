"""Operators of two and more values, with broadcasting, and Concat."""

import numpy as np

from convopt.testing.growth import Growth, Unsuitable, Value
from convopt.testing.operators import grows


def broadcastable(a: tuple, b: tuple) -> bool:
    """Whether two shapes have a common one."""
    return all(m == n or 1 in (m, n) for m, n in zip(a[::-1], b[::-1], strict=False))


def partner(g: Growth, x: Value, mean: float = 0) -> Value:
    """Something to combine x with: another value, x itself or a constant of part of its shape."""
    if g.chance(0.5):
        return g.pick(lambda v: v.array.dtype == x.array.dtype and broadcastable(v.shape, x.shape))
    shape = [d if g.chance(0.6) else 1 for d in x.shape][g.integer(0, x.rank) if g.chance(0.4) else 0 :]
    if x.array.dtype.kind != "f":
        return g.constant(g.random.integers(1, 5, shape), x.array.dtype)
    return g.constant(g.random.normal(mean, 1 if not mean else 0.2, shape), x.array.dtype)


def number(value: Value) -> bool:
    """Whether ONNX Runtime adds such values."""
    return value.array.dtype in (np.float32, np.float64, np.int32, np.int64, np.float16)


def _ordered(g: Growth, x: Value, y: Value) -> tuple:
    return (y, x) if g.chance(0.3) else (x, y)


@grows(4)
def sums(g: Growth):
    """Add, Sub."""
    x = g.pick(number)
    return g.add(g.choose(["Add", "Sub"]), *_ordered(g, x, partner(g, x)))


@grows(3)
def product(g: Growth):
    """Mul."""
    x = g.pick(number)
    return g.add("Mul", *_ordered(g, x, partner(g, x)))


@grows(1)
def quotient(g: Growth):
    """Div, by what is not near zero."""
    x = g.pick(number)
    divisor = partner(g, x, mean=2)
    if not divisor.array.all():
        raise Unsuitable  # a process that divides an integer by zero ends
    return g.add("Div", x, divisor)


@grows(1)
def power(g: Growth):
    """Pow of a positive value, or by a whole exponent."""
    x = g.pick()
    if g.chance(0.5):
        return g.add("Pow", x, g.constant(g.choose([2, 3, 1, 0])))
    x = g.add("Sigmoid", x)
    return g.add("Pow", x, partner(g, x) if g.chance(0.5) else g.constant(g.choose([0.5, -1, 1.5])))


@grows(2)
def extremes(g: Growth):
    """Min, Max, Mean, Sum of one to four."""
    x = g.pick()
    others = [partner(g, x) for _ in range(g.integer(0, 3))]
    return g.add(g.choose(["Min", "Max", "Mean", "Sum"]), x, *others)


@grows(1)
def prelu(g: Growth):
    """PRelu by slopes of part of the shape."""
    x = g.pick()
    shape = [d if g.chance(0.5) else 1 for d in x.shape]
    return g.add("PRelu", x, g.constant(g.random.normal(0.2, 0.1, shape)))


@grows(4)
def concat(g: Growth):
    """Concat along any axis: of values, of one value with itself, with constants."""
    x = g.pick(lambda v: v.rank >= 1)
    axis = g.integer(0, x.rank - 1)

    def fits(v):
        rest = [d for i, d in enumerate(v.shape) if i != axis]
        same = v.array.dtype == x.array.dtype and v.rank == x.rank
        return same and rest == [d for i, d in enumerate(x.shape) if i != axis]

    parts = [x]
    for _ in range(g.integer(1, 3)):
        if x.real and g.chance(0.2):
            shape = list(x.shape)
            shape[axis] = g.integer(1, 3)
            parts.append(g.weight(*shape, deviation=1))
        else:
            parts.append(g.pick(fits))
    if g.chance(0.3):
        parts.reverse()
    return g.add("Concat", *parts, axis=axis - x.rank if g.chance(0.3) else axis)


@grows(1)
def modulus(g: Growth):
    """Mod of integers, and fmod."""
    x = g.pick(number)
    if x.array.dtype.kind == "f":
        return g.add("Mod", x, g.constant(g.choose([1.7, 0.9]), x.array.dtype), fmod=1)
    divisor = g.constant(g.choose([3, 5, -3]), x.array.dtype)
    return g.add("Mod", x, divisor, fmod=g.integer(0, 1))


@grows(0.5)
def gather_computed(g: Growth):
    """Gather at indices that the graph computes."""
    indices = g.pick(lambda v: v.array.dtype in (np.int32, np.int64) and v.array.size and v.array.min() >= 0)
    reach = int(indices.array.max()) + 1
    x = g.pick(lambda v: v.real and reach in range(max(v.shape, default=0) + 1))
    axes = [axis for axis, size in enumerate(x.shape) if size >= reach]
    if not axes:
        raise Unsuitable
    return g.add("Gather", x, indices, axis=g.choose(axes))
