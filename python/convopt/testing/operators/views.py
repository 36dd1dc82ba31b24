"""What gives the same elements another shape or order: Reshape, Transpose, Flatten, Squeeze, Unsqueeze."""

import math

from convopt.testing.growth import Growth, Unsuitable
from convopt.testing.operators import grows
from convopt.testing.operators.images import split


def anything(value) -> bool:
    """Fits any value."""
    return True


@grows(3)
def reshape(g: Growth):
    """To a random shape, with -1 or 0 in it at times."""
    x = g.pick(anything)
    if not x.array.size:
        raise Unsuitable
    shape = split(g, x.array.size, g.integer(1, 5))
    if x.rank and g.chance(0.4):
        shape = [x.shape[0], *split(g, x.array.size // x.shape[0], g.integer(1, 3))]
        if g.chance(0.5):
            shape[0] = 0
    if g.chance(0.4):
        shape[g.integer(1 if shape[0] == 0 else 0, len(shape) - 1)] = -1
    return g.add("Reshape", x, g.integers(shape))


@grows(1)
def reshape_by_shape(g: Growth):
    """Shape, Gather, Concat, Reshape, as exporters write a flattening."""
    x = g.pick(lambda v: v.rank >= 2 and v.array.size)
    kept = g.integer(1, x.rank - 1)
    parts = []
    for axis in range(kept):
        size = g.add("Gather", g.add("Shape", x), g.integers(axis))
        parts.append(g.axes("Unsqueeze", size, [0]))
    return g.add("Reshape", x, g.add("Concat", *parts, g.integers([-1]), axis=0))


@grows(4)
def transpose(g: Growth):
    """Any permutation."""
    x = g.pick(lambda v: v.rank >= 2)
    if g.chance(0.1):
        return g.add("Transpose", x)
    return g.add("Transpose", x, perm=[int(i) for i in g.random.permutation(x.rank)])


@grows(2)
def flatten(g: Growth):
    """Any axis."""
    x = g.pick(anything)
    return g.add("Flatten", x, axis=g.integer(-x.rank, x.rank))


@grows(1)
def squeeze(g: Growth):
    """Some of the dimensions of 1, or all by naming none."""
    x = g.pick(lambda v: 1 in v.shape)
    ones = [axis - (x.rank if g.chance(0.3) else 0) for axis, size in enumerate(x.shape) if size == 1]
    some = [axis for axis in ones if g.chance(0.6)]
    return g.axes("Squeeze", x, some or None)


@grows(1)
def unsqueeze(g: Growth):
    """One dimension or two anywhere."""
    x = g.pick(lambda v: v.rank <= 4)
    count = g.integer(1, 2)
    axes = sorted(int(i) for i in g.random.permutation(x.rank + count)[:count])
    return g.axes("Unsqueeze", x, axes)


@grows(1)
def space(g: Growth):
    """DepthToSpace and SpaceToDepth."""
    x = g.pick(lambda v: v.real and v.rank == 4)
    block = g.integer(2, 3)
    if x.shape[1] % block**2 == 0 and g.chance(0.7):
        return g.add("DepthToSpace", x, blocksize=block, mode=g.choose(["DCR", "CRD"]))
    if math.gcd(*x.shape[2:]) % block:
        raise Unsuitable
    return g.add("SpaceToDepth", x, blocksize=block)
