"""Integers that stand for numbers."""

import numpy as np

from convopt.testing.single import Draw, draws

BYTES = (np.uint8, np.int8)


def _integers(d: Draw, kind, shape) -> np.ndarray:
    limits = np.iinfo(kind)
    return d.random.integers(limits.min, limits.max + 1, shape).astype(kind)


def _positive(d: Draw, *shape) -> np.ndarray:
    return d.random.uniform(0.01, 0.1, shape).astype(np.float32)


def _grain(d: Draw, shape) -> tuple:
    """The shape of scales and zero points, and the attributes that say so."""
    ways = ["tensor"] + (["axis"] if d.opset >= 13 else []) + (["block"] if d.opset >= 21 else [])
    way, axis = d.choose(ways), d.integer(0, len(shape) - 1)
    if way == "tensor":
        return (), {}
    if way == "axis":
        return (shape[axis],), {"axis": axis - (len(shape) if d.chance(0.3) else 0)}
    block = d.integer(1, shape[axis])
    # Of as many indices as the shape of the scales says.
    count = -(-shape[axis] // block)
    if count > 1 and not -(-shape[axis] // count) <= block <= -(-shape[axis] // (count - 1)) - 1:
        block = -(-shape[axis] // count)
    return (*shape[:axis], -(-shape[axis] // block), *shape[axis + 1 :]), {"axis": axis, "block_size": block}


@draws("QuantizeLinear", "DequantizeLinear")
def linear(d: Draw):
    """By tensor, axis and block; beyond what the type holds."""
    shape = d.shape(1, 4, 5)
    grain, given = _grain(d, shape)
    kind = d.choose([*BYTES, *((np.int16, np.uint16) if d.opset >= 21 else ())])
    zero = _integers(d, kind, grain)
    if d.operator == "DequantizeLinear":
        d.input(_integers(d, kind, shape), 0.2)
    else:
        d.input(d.real(*shape) * np.float32(d.choose([1, 10, 5000])), 0)
    d.input(_positive(d, *grain), 0.7)
    if d.chance(0.7) or kind != np.uint8:
        d.input(zero, 0.7)
    return d.case(**given)


@draws("DynamicQuantizeLinear")
def dynamic(d: Draw):
    """Its scale is that of its extremes."""
    d.input(d.real(*d.shape(1, 3, 5)), 0)
    return d.case(3)


@draws("MatMulInteger", "QLinearMatMul")
def product(d: Draw):
    """With zero points and without."""
    m, k, n = d.integer(1, 9), d.choose([3, 8, 300]), d.integer(1, 9)
    batch, left, right = d.shape(0, 1, 3), d.choose(BYTES), d.choose(BYTES)
    zeros = _integers(d, left, ()), _integers(d, right, d.choose([(), (n,)]) if d.operator == "MatMulInteger" else ())
    if d.operator == "MatMulInteger":
        d.input(_integers(d, left, (*batch, m, k)), 0)
        d.input(_integers(d, right, (k, n)), 0.6)
        for zero in zeros[: d.integer(0, 2)]:
            d.input(zero, 0.7)
        return d.case()
    # ONNX Runtime wants the same signs.
    for kind, shape, zero in ((left, (*batch, m, k), zeros[0]), (left, (k, n), _integers(d, left, ()))):
        d.input(_integers(d, kind, shape), 0.3)
        d.input(_positive(d), 0.7)
        d.input(zero, 0.7)
    d.input(np.float32(k * 0.5), 0.7)
    d.input(_integers(d, left, ()), 0.7)
    return d.case()


@draws("ConvInteger", "QLinearConv")
def convolution(d: Draw):
    """Padded by zero points; in groups; a scale for each filter."""
    group, inner, outer = d.choose([1, 1, 2, 3]), d.choose([1, 3, 40]), d.integer(1, 3)
    extents = [d.integer(4, 8), d.integer(4, 8)]
    kernel, x, w = [d.integer(1, 3), d.integer(1, 3)], np.uint8, d.choose(BYTES)
    given = {"pads": [d.integer(0, 1) for _ in range(4)], "strides": [d.integer(1, 2), d.integer(1, 2)], "group": group}
    each = (group * outer,) if d.chance(0.4) else ()
    image = _integers(d, x, (d.integer(1, 2), group * inner, *extents))
    filters = _integers(d, w, (group * outer, inner, *kernel))
    zeros = _integers(d, x, ()), np.zeros(each, w) if each else _integers(d, w, ())
    if d.operator == "ConvInteger":
        d.input(image, 0)
        d.input(filters, 0.7)
        for zero in zeros[: d.integer(0, 2)]:
            d.input(zero if zero.ndim == 0 else zero.take(0), 0.7)
        return d.case(**given)
    for array, scale, zero in ((image, _positive(d), zeros[0]), (filters, _positive(d, *each), zeros[1])):
        d.input(array, 0.7 if array is filters else 0)
        d.input(scale, 0.8)
        d.input(zero, 0.8)
    d.input(np.float32(inner * 0.5), 0.8)
    d.input(_integers(d, x, ()), 0.8)
    if d.chance(0.5):
        d.input(d.random.integers(-(10**5), 10**5, group * outer).astype(np.int32), 0.8)
    return d.case(**given)
