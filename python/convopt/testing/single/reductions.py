"""Reductions, the largest, sums along an axis."""

import numpy as np

from convopt.testing.single import Draw, draws

KINDS = "L1 L2 LogSum LogSumExp Max Mean Min Prod Sum SumSquare".split()


@draws(*("Reduce" + kind for kind in KINDS))
def reduction(d: Draw):
    """Of some axes, or all."""
    shape = d.shape(1, 4, 5)
    x = d.real(*shape) if d.chance(0.8) else d.number(shape, (np.int32, np.int64))
    if d.operator == "ReduceLogSum" or x.dtype.kind == "i" and "Log" in d.operator:
        x = np.abs(d.real(*shape)) + np.float32(0.1)
    if x.dtype.kind == "i" and d.operator in ("ReduceMean", "ReduceL2"):
        x = x.astype(np.float32)
    d.input(x, 0)
    axes = [int(axis) for axis in d.random.permutation(len(shape))[: d.integer(1, len(shape))]]
    axes = [axis - len(shape) if d.chance(0.3) and d.opset >= 11 else axis for axis in sorted(axes)]
    given = {"keepdims": d.integer(0, 1) if d.chance(0.7) else None}
    if d.chance(0.2):
        return d.case(**given)
    if d.opset >= (13 if d.operator == "ReduceSum" else 18):
        d.constant(axes, np.int64)
    else:
        given["axes"] = axes
    return d.case(**given)


@draws("ArgMax", "ArgMin")
def arg(d: Draw):
    """The first or the last of equals."""
    shape = d.shape(1, 4, 5)
    d.input(d.number(shape, (np.float32, np.int32)), 0)
    axis = d.integer(0, len(shape) - 1) - (len(shape) if d.opset >= 11 and d.chance(0.3) else 0)
    last = d.integer(0, 1) if d.opset >= 12 and d.chance(0.4) else None
    return d.case(axis=axis if d.chance(0.8) else None, keepdims=d.integer(0, 1), select_last_index=last)


@draws("TopK")
def top_k(d: Draw):
    """Of different elements, so that all engines agree on their order."""
    shape = d.shape(1, 4, 5)
    axis = d.integer(0, len(shape) - 1)
    x = d.random.permutation(int(np.prod(shape))).astype(np.float32).reshape(shape)
    d.input(x, 0)
    k = d.integer(1, shape[axis])
    if d.opset < 10:
        return d.case(2, axis=axis, k=k)
    d.constant([k], np.int64)
    return d.case(2, axis=axis, largest=d.integer(0, 1) if d.opset >= 11 else None)


@draws("CumSum")
def cumulative(d: Draw):
    """From either end, with or without the element itself."""
    shape = d.shape(1, 4, 5)
    d.input(d.real(*shape), 0)
    d.constant(d.integer(-len(shape), len(shape) - 1), d.choose([np.int32, np.int64]))
    return d.case(exclusive=d.integer(0, 1), reverse=d.integer(0, 1))


@draws("Softmax", "LogSoftmax")
def softmax(d: Draw):
    """Along an axis; up to opset 12 along all from the axis on."""
    shape = d.shape(1, 4, 5)
    d.input(d.real(*shape) * np.float32(3), 0)
    low = 0 if d.opset < 11 else -len(shape)
    return d.case(axis=d.integer(low, len(shape) - 1) if d.chance(0.8) or len(shape) == 1 else None)
