"""Matrix products: by constants from either side, of two values, batched, in a row, Gemm, attention."""

from convopt.testing.growth import Growth, Unsuitable
from convopt.testing.operators import grows


@grows(3)
def matmul_weight(g: Growth):
    """A value times a constant, which may be a vector or have leading dimensions."""
    x = g.pick(lambda v: v.real and v.rank >= 1)
    inner, outer = x.shape[-1], g.integer(1, 24)
    shape = [inner, outer]
    if g.chance(0.1):
        shape = [inner]
    elif x.rank > 2 and g.chance(0.3):
        shape = [*x.shape[:-2], *shape]
    elif g.chance(0.05):
        shape = [g.integer(1, 3), *shape]
    return g.add("MatMul", x, g.weight(*shape, deviation=max(1, inner) ** -0.5))


@grows(1)
def matmul_weight_left(g: Growth):
    """A constant times a value."""
    x = g.pick(lambda v: v.real and v.rank >= 1)
    inner = x.shape[max(0, x.rank - 2)]
    shape = [inner] if g.chance(0.1) else [g.integer(1, 16), inner]
    return g.add("MatMul", g.weight(*shape, deviation=max(1, inner) ** -0.5), x)


@grows(1)
def matmul_chain(g: Growth):
    """Two or three products in a row."""
    x = g.pick(lambda v: v.real and v.rank >= 2)
    for _ in range(g.integer(2, 3)):
        x = g.add("MatMul", x, g.weight(x.shape[-1], g.integer(2, 12), deviation=max(1, x.shape[-1]) ** -0.5))
    return x


@grows(1)
def matmul_values(g: Growth):
    """Two values whose shapes happen to fit."""
    x = g.pick(lambda v: v.real and v.rank >= 2)
    return g.add("MatMul", x, g.pick(lambda v: v.real and v.rank >= 2 and v.shape[-2] == x.shape[-1]))


@grows(1)
def matmul_transposed(g: Growth):
    """A value by the transpose of one with as long rows, or of itself."""
    x = g.pick(lambda v: v.real and v.rank >= 2)
    y = g.pick(lambda v: v.real and v.rank == x.rank and v.shape[-1] == x.shape[-1])
    order = [*range(y.rank - 2), y.rank - 1, y.rank - 2]
    return g.add("MatMul", x, g.add("Transpose", y, perm=order))


@grows(3)
def gemm(g: Growth):
    """All attributes of Gemm and all forms of its addend."""
    x = g.pick(lambda v: v.real and v.rank == 2)
    attributes = {}
    rows, inner = x.shape
    if g.chance(0.3):
        attributes["transA"] = 1
        rows, inner = inner, rows
    columns = g.integer(1, 24)
    turned = g.chance(0.5)
    if g.chance(0.15):
        fits = [v for v in g.values if v.real and v.rank == 2 and v.shape[turned] == inner]
        if not fits:
            raise Unsuitable
        y = g.choose(fits)
        columns = y.shape[1 - turned]
    else:
        shape = (columns, inner) if turned else (inner, columns)
        y = g.weight(*shape, deviation=max(1, inner) ** -0.5)
    if turned:
        attributes["transB"] = 1
    for name in ("alpha", "beta"):
        if g.chance(0.2):
            attributes[name] = g.choose([0.5, 2.0, -1.0])
    shapes = [(columns,), (1,), (), (rows, 1), (rows, columns), (1, columns)]
    addend = g.weight(*g.choose(shapes), deviation=0.5) if g.chance(0.7) else None
    return g.add("Gemm", x, y, addend, **attributes)


@grows(0.5)
def attention(g: Growth):
    """Softmax(QK)V of one value."""
    x = g.pick(lambda v: v.real and v.rank in (2, 3) and min(v.shape) > 0)
    width = x.shape[-1]
    query, key, value = (g.add("MatMul", x, g.weight(width, 8, deviation=width**-0.5)) for _ in range(3))
    key = g.add("Transpose", key, perm=[*range(key.rank - 2), key.rank - 1, key.rank - 2])
    scores = g.add("Mul", g.add("MatMul", query, key), g.constant(8**-0.5))
    return g.add("MatMul", g.add("Softmax", scores, axis=-1), value)
