"""Reductions along any axes, Softmax, positions of extremes, running sums."""

from convopt.testing.growth import Growth, Value
from convopt.testing.operators import grows
from convopt.testing.operators.elementwise import positive

KINDS = "Sum Mean Max Min Prod L1 L2 LogSum LogSumExp SumSquare".split()


def _some_axes(g: Growth, x: Value) -> list:
    chosen = [axis for axis in range(x.rank) if g.chance(0.5)] or [x.rank - 1]
    return [axis - x.rank if g.chance(0.3) else axis for axis in chosen]


@grows(6)
def reduce(g: Growth):
    """Every kind, with the axes kept or dropped."""
    kind = g.choose(KINDS)
    x = g.pick(lambda v: v.real and v.rank >= 1 and v.array.size)
    if kind == "LogSum":
        x = positive(g, x)
    axes = None if g.chance(0.15) else _some_axes(g, x)
    return g.axes(f"Reduce{kind}", x, axes, since=13 if kind == "Sum" else 18, keepdims=g.integer(0, 1))


@grows(0.5)
def reduce_integers(g: Growth):
    """Sums and extremes of integers."""
    x = g.pick(lambda v: v.array.dtype.name in ("int32", "int64") and v.rank >= 1 and v.array.size)
    kind = g.choose(["Sum", "Max", "Min", "Prod"])
    return g.axes(f"Reduce{kind}", x, _some_axes(g, x), since=13 if kind == "Sum" else 18, keepdims=g.integer(0, 1))


@grows(0.5)
def reduce_expanded(g: Growth):
    """A reduction along an axis that the operand has just got by broadcasting."""
    x = g.pick(lambda v: v.real and 1 <= v.rank <= 4 and v.array.size)
    wide = g.add("Expand", x, g.integers([g.integer(2, 4), *x.shape]))
    kind = g.choose(["Sum", "Mean", "Max", "L2"])
    axes = [0] if g.chance(0.5) else [0, x.rank]
    return g.axes(f"Reduce{kind}", wide, axes, since=13 if kind == "Sum" else 18, keepdims=g.integer(0, 1))


@grows(3)
def softmax(g: Growth):
    """Softmax and LogSoftmax along any axis."""
    x = g.pick(lambda v: v.real and v.rank >= 1 and v.array.size)
    return g.add(g.choose(["Softmax", "Softmax", "LogSoftmax"]), x, axis=g.integer(-x.rank, x.rank - 1))


@grows(1)
def position(g: Growth):
    """ArgMax and ArgMin."""
    x = g.pick(lambda v: v.real and v.rank >= 1 and v.array.size)
    attributes = {"axis": g.integer(-x.rank, x.rank - 1), "keepdims": g.integer(0, 1)}
    if g.opset >= 12:
        attributes["select_last_index"] = g.integer(0, 1)
    return g.add(g.choose(["ArgMax", "ArgMin"]), x, **attributes)


@grows(0.7)
def top(g: Growth):
    """TopK along any axis."""
    x = g.pick(lambda v: v.real and v.rank >= 1 and v.array.size)
    axis = g.integer(0, x.rank - 1)
    count = g.integers([g.integer(1, x.shape[axis])])
    return g.add("TopK", x, count, outputs=2, axis=axis, largest=g.integer(0, 1), sorted=1)


@grows(1)
def running_sum(g: Growth):
    """CumSum, forwards and backwards, with and without the element itself."""
    x = g.pick(lambda v: v.real and v.rank >= 1)
    attributes = {"exclusive": g.integer(0, 1), "reverse": g.integer(0, 1)}
    return g.add("CumSum", x, g.integers(g.integer(-x.rank, x.rank - 1)), **attributes)
