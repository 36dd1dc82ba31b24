"""What takes a part of the elements or repeats them: Slice, Split, Gather, Pad, Expand, Tile, Resize and others."""

import numpy as np

from convopt.testing.growth import Growth, Unsuitable
from convopt.testing.operators import grows
from convopt.testing.operators.images import image


@grows(3)
def slices(g: Growth):
    """Some axes, from either end, forwards and backwards, with steps."""
    x = g.pick(lambda v: v.rank >= 1 and v.array.size)
    axes = sorted(int(a) for a in g.random.permutation(x.rank)[: g.integer(1, min(2, x.rank))])
    starts, ends, steps = [], [], []
    for axis in axes:
        size, step = x.shape[axis], g.choose([1, 1, 1, 2, 3, -1, -2])
        low = g.integer(0, size - 1)
        high = g.integer(low + 1, size)
        if step > 0:
            starts.append(low - size if g.chance(0.3) else low)
            ends.append(2**31 if high == size and g.chance(0.5) else high)
        else:
            starts.append(high - 1)
            ends.append(low - 1 if low else -(2**31))
        steps.append(step)
    return g.add("Slice", x, *(g.integers(numbers) for numbers in (starts, ends, axes, steps)))


@grows(0.15)
def nothing(g: Growth):
    """A slice without elements, and a product, a sum or a concatenation of it."""
    x = g.pick(lambda v: v.real and v.rank == 2 and v.array.size)
    empty = g.add("Slice", x, g.integers([0]), g.integers([0]), g.integers([1]))
    way = g.integer(0, 2)
    if way == 0:
        return g.add("MatMul", empty, g.constant(np.zeros((0, 3))))
    if way == 1:
        return g.axes("ReduceSum", empty, [1], keepdims=0)
    return g.add("Concat", x, empty, axis=1)


@grows(2)
def split(g: Growth):
    """Equal and unequal parts."""
    x = g.pick(lambda v: v.rank >= 1 and max(v.shape) > 1)
    axis = g.choose([a for a in range(x.rank) if x.shape[a] > 1])
    size, count = x.shape[axis], g.integer(2, 3)
    if size % count == 0 and g.chance(0.5):
        attributes = {"num_outputs": count} if g.opset >= 18 else {}
        return g.add("Split", x, outputs=count, axis=axis, **attributes)
    first = g.integer(1, size - 1)
    if g.opset < 13:
        return g.add("Split", x, outputs=2, axis=axis, split=[first, size - first])
    return g.add("Split", x, g.integers([first, size - first]), outputs=2, axis=axis)


@grows(2)
def gather(g: Growth):
    """Gather at constant indices: a scalar, a vector, a matrix, negative ones."""
    x = g.pick(lambda v: v.rank >= 1 and v.array.size)
    axis = g.integer(0, x.rank - 1)
    shape = g.choose([(), (g.integer(1, 4),), (2, 3)])
    indices = g.random.integers(-x.shape[axis], x.shape[axis], shape)
    return g.add("Gather", x, g.integers(indices), axis=axis - x.rank if g.chance(0.3) else axis)


@grows(0.5)
def gather_others(g: Growth):
    """GatherElements and GatherND."""
    x = g.pick(lambda v: v.real and v.rank >= 2 and v.array.size)
    if g.chance(0.5):
        axis = g.integer(0, x.rank - 1)
        shape = [g.integer(1, size) for size in x.shape]
        return g.add("GatherElements", x, g.integers(g.random.integers(0, x.shape[axis], shape)), axis=axis)
    depth = g.integer(1, x.rank)
    indices = np.stack([g.random.integers(0, size, (2, 3)) for size in x.shape[:depth]], -1)
    return g.add("GatherND", x, g.integers(indices))


@grows(2)
def pad(g: Growth):
    """Every mode; a negative amount crops."""
    x = g.pick(lambda v: v.real and v.rank >= 1)
    modes = ["constant", "constant", "edge", "reflect"] + (["wrap"] if g.opset >= 19 else [])
    mode = g.choose(modes)
    least = -1 if mode == "constant" and min(x.shape) > 2 and g.chance(0.3) else 0
    # A reflection has less than the whole; more than the whole ONNX Runtime does not wrap around.
    limits = {"reflect": -1, "wrap": 0}
    most = [min(2, size + limits[mode]) if mode in limits else 2 for size in x.shape]
    pads = [g.integer(least, m) if g.chance(0.6) else 0 for m in most * 2]
    value = g.constant(g.choose([0, 1.5])) if mode == "constant" and g.chance(0.6) else None
    return g.add("Pad", x, g.integers(pads), value, mode=mode)


@grows(2)
def expand(g: Growth):
    """Dimensions of 1, and new ones before."""
    x = g.pick(lambda v: v.rank <= 4)
    shape = [g.integer(2, 5) if size == 1 and g.chance(0.6) else size for size in x.shape]
    shape = [g.integer(1, 3) for _ in range(g.integer(0, 1))] + shape
    if g.chance(0.2):
        shape = [1 if g.chance(0.5) else size for size in shape]
    return g.add("Expand", x, g.integers(shape))


@grows(1)
def tile(g: Growth):
    """Repeats along some axes."""
    x = g.pick(lambda v: v.rank >= 1)
    return g.add("Tile", x, g.integers([g.choose([1, 1, 2, 3]) for _ in x.shape]))


@grows(2)
def resize(g: Growth):
    """Every mode, by scales and by sizes, the spatial dimensions alone."""
    x = image(g, (3, 4, 4, 4))
    mode = g.choose(["nearest", "linear", "linear"] + (["cubic"] if x.rank == 4 else []))
    ways = ["half_pixel", "asymmetric", "align_corners", "pytorch_half_pixel"]
    attributes = {"mode": mode, "coordinate_transformation_mode": g.choose(ways)}
    if mode == "nearest":
        attributes["nearest_mode"] = g.choose(["floor", "ceil", "round_prefer_floor", "round_prefer_ceil"])
    elif mode == "cubic" and g.chance(0.3):
        attributes["exclude_outside"] = 1
    roi = g.constant([]) if g.opset < 13 else None
    spatial = x.shape[2:]
    if g.chance(0.5):
        sizes = [max(1, size + g.integer(-2, 5)) for size in spatial]
        empty = g.constant([]) if g.opset < 13 else None
        return g.add("Resize", x, roi, empty, g.integers([*x.shape[:2], *sizes]), **attributes)
    scales = [g.choose([2, 1, 0.5, 1.5, 3]) for _ in spatial]
    if "align" in attributes["coordinate_transformation_mode"]:
        # Of half an element ONNX Runtime and the standard think differently.
        scales = [scale if size * scale % 1 == 0 else 2 for size, scale in zip(spatial, scales, strict=True)]
    return g.add("Resize", x, roi, g.constant([1, 1, *scales]), **attributes)


@grows(0.5)
def triangle(g: Growth):
    """Trilu."""
    if g.opset < 14:
        raise Unsuitable
    x = g.pick(lambda v: v.real and v.rank >= 2)
    return g.add("Trilu", x, g.integers(g.integer(-2, 2)), upper=g.integer(0, 1))


@grows(0.5)
def one_hot(g: Growth):
    """OneHot of integers that the graph computes."""
    x = g.pick(lambda v: v.array.dtype == np.int64 and v.rank <= 3)
    return g.add("OneHot", x, g.integers(g.integer(2, 6)), g.constant([-0.5, 2]), axis=g.integer(-1, x.rank))


@grows(0.3)
def constant_of_shape(g: Growth):
    """ConstantOfShape by the shape of a value, and its sum with it."""
    x = g.pick()
    return g.add("Add", x, g.add("ConstantOfShape", g.add("Shape", x)))
