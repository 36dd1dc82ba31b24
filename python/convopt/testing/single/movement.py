"""What cuts, joins, pads and picks."""

import numpy as np

from convopt.testing.single import Draw, draws
from convopt.testing.single.views import listed


@draws("Concat")
def concat(d: Draw):
    """Of one to four."""
    shape = list(d.shape(1, 4, 4))
    axis = d.integer(0, len(shape) - 1)
    for _ in range(d.integer(1, 4)):
        shape[axis] = d.integer(1, 4)
        d.input(d.real(*shape), 0.2)
    return d.case(axis=axis - (len(shape) if d.opset >= 11 and d.chance(0.3) else 0))


@draws("Split")
def split(d: Draw):
    """In equal parts, or others."""
    shape = list(d.shape(1, 4, 4))
    axis, count = d.integer(0, len(shape) - 1), d.integer(2, 3)
    sizes = [d.integer(1, 3) for _ in range(count)]
    equal = d.chance(0.4)
    shape[axis] = count * sizes[0] if equal else sum(sizes)
    d.input(d.real(*shape), 0)
    given = {"axis": axis - (len(shape) if d.opset >= 11 and d.chance(0.3) else 0)}
    if not equal:
        given |= listed(d, "split", sizes, 13)
    elif d.opset >= 18:
        given["num_outputs"] = count
    return d.case(count, **given)


@draws("Slice")
def cut(d: Draw):
    """Forward and backward, beyond the ends."""
    shape = d.shape(1, 4, 6)
    d.input(d.real(*shape), 0)
    axes = sorted(int(i) for i in d.random.permutation(len(shape))[: d.integer(1, len(shape))])
    starts, ends, steps = [], [], []
    for axis in axes:
        step = d.choose([1, 1, 2, -1, -2]) if d.opset >= 10 else 1
        low, high = sorted((d.integer(0, shape[axis] - 1), d.integer(0, shape[axis] - 1)))
        start, end = (low, high + 1) if step > 0 else (high, low - 1 if low else -shape[axis] - 1)
        starts.append(start - shape[axis] if d.chance(0.3) else start)
        ends.append(10**6 if step > 0 and d.chance(0.2) else end)
        steps.append(step)
    if d.opset < 10:
        return d.case(starts=starts, ends=ends, axes=axes)
    for values in (starts, ends, axes, steps):
        d.constant(values, np.int64)
    return d.case()


@draws("Pad")
def pad(d: Draw):
    """In every mode; constants cut too."""
    shape = d.shape(1, 4, 5)
    mode = d.choose(["constant", "constant", "reflect", "edge", *(["wrap"] if d.opset >= 19 else [])])
    most = [extent - 1 if mode == "reflect" else min(extent, 3) for extent in shape]
    pads = [d.integer(0, n) for n in most * 2]
    if mode == "constant" and d.chance(0.2):
        pads[0] = -d.integer(0, (shape[0] - 1) // 2)
    d.input(d.real(*shape), 0)
    if d.opset < 11:
        return d.case(mode=mode, pads=pads, value=0.5 if mode == "constant" and d.chance(0.5) else None)
    d.constant(pads, np.int64)
    if mode == "constant" and d.chance(0.5):
        d.constant(0.5, np.float32)
    return d.case(mode=mode)


@draws("Gather", "GatherElements")
def gather(d: Draw):
    """By indices that count from either end."""
    shape = d.shape(1, 3, 5)
    axis = d.integer(0, len(shape) - 1)
    wanted = list(shape) if d.operator == "GatherElements" else list(d.shape(0, 2, 4))
    if d.operator == "GatherElements":
        wanted[axis] = d.integer(1, 5)
    d.input(d.real(*shape), 0.2)
    low = -shape[axis] if d.opset >= 11 else 0
    d.input(d.random.integers(low, shape[axis], wanted).astype(d.choose([np.int32, np.int64])), 0.6)
    return d.case(axis=axis if d.chance(0.8) or d.operator == "GatherElements" else 0)


@draws("GatherND")
def gather_nd(d: Draw):
    """Of elements or of parts, in batches."""
    shape = d.shape(2, 4, 4)
    batch = d.integer(0, 1) if d.opset >= 12 else 0
    depth = d.integer(1, len(shape) - batch)
    places = [*shape[:batch], *d.shape(1, 2, 3)]
    indices = [d.random.integers(0, shape[batch + i], places) for i in range(depth)]
    d.input(d.real(*shape), 0.1)
    d.input(np.stack(indices, -1).astype(np.int64), 0.6)
    return d.case(batch_dims=batch or None)


@draws("OneHot")
def one_hot(d: Draw):
    """Any axis; indices from either end."""
    shape = d.shape(1, 3, 4)
    d.input(d.random.integers(0 if d.opset < 11 else -3, 4, shape).astype(np.int64), 0)
    d.constant(4, np.int64)
    d.constant([0.25, 2], np.float32)
    return d.case(axis=d.integer(-1, len(shape)))


@draws("Trilu")
def triangle(d: Draw):
    """Either part, from any diagonal."""
    d.input(d.real(*d.shape(2, 4, 5)), 0)
    if d.chance(0.6):
        d.constant(d.integer(-3, 3), np.int64)
    return d.case(upper=d.integer(0, 1))


@draws("EyeLike")
def eye(d: Draw):
    """Any diagonal."""
    d.input(d.real(d.integer(1, 5), d.integer(1, 5)), 0)
    return d.case(k=d.integer(-3, 3))


@draws("ConstantOfShape")
def filled(d: Draw):
    """Of a shape that is known."""
    d.constant(d.shape(1, 3, 4), np.int64)
    return d.case()


@draws("Range")
def counted(d: Draw):
    """Up or down."""
    for value in (d.integer(-5, 5), d.integer(6, 12), d.integer(1, 3)):
        d.constant(value, np.int64)
    return d.case()
