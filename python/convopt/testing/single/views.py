"""Another shape or order of the same elements."""

import math

import numpy as np

from convopt.testing.single import Draw, draws


def listed(d: Draw, name: str, values, since: int) -> dict:
    """A list that is an attribute before opset `since`, an operand from then on."""
    if d.opset < since:
        return {name: list(values)}
    d.constant(values, np.int64)
    return {}


@draws("Reshape")
def reshape(d: Draw):
    """With an extent that follows, or is kept."""
    shape = d.shape(1, 4, 6)
    d.input(d.real(*shape), 0)
    target, left = [], math.prod(shape)
    while left > 1 and d.chance(0.8):
        part = d.choose([n for n in range(1, left + 1) if left % n == 0])
        target.append(part)
        left //= part
    target.append(left)
    if d.chance(0.5):
        target[d.integer(0, len(target) - 1)] = -1
    elif target[0] == shape[0]:
        target[0] = 0
    d.constant(target, np.int64)
    return d.case()


@draws("Flatten")
def flatten(d: Draw):
    """At any axis."""
    shape = d.shape(1, 4)
    d.input(d.real(*shape), 0)
    return d.case(axis=d.integer(0 if d.opset < 11 else -len(shape), len(shape)) if d.chance(0.8) else None)


@draws("Transpose")
def transpose(d: Draw):
    """Of any order."""
    shape = d.shape(0, 5, 4)
    d.input(d.number(shape, (np.float32, np.int64, np.uint8, bool)), 0)
    return d.case(perm=[int(i) for i in d.random.permutation(len(shape))] if shape and d.chance(0.8) else None)


@draws("Squeeze")
def squeeze(d: Draw):
    """Of some ones, or all."""
    shape = [1 if d.chance(0.5) else d.integer(2, 4) for _ in range(d.integer(1, 4))]
    d.input(d.real(*shape), 0)
    ones = [i - (len(shape) if d.opset >= 11 and d.chance(0.3) else 0) for i, n in enumerate(shape) if n == 1]
    return d.case(**(listed(d, "axes", ones, 13) if ones and d.chance(0.7) else {}))


@draws("Unsqueeze")
def unsqueeze(d: Draw):
    """At several places."""
    shape = d.shape(0, 3)
    d.input(d.real(*shape), 0)
    rank = len(shape) + (count := d.integer(1, 3))
    axes = sorted(int(i) for i in d.random.permutation(rank)[:count])
    if d.opset >= 11 and d.chance(0.3):
        axes = [axis - rank for axis in axes]
    return d.case(**listed(d, "axes", axes, 13))


@draws("Expand")
def expand(d: Draw):
    """By extents and by rank."""
    shape = tuple(1 if d.chance(0.4) else n for n in d.shape(1, 3, 4))
    d.input(d.real(*shape), 0)
    target = [d.integer(1, 4) if n == 1 else d.choose([n, 1]) for n in shape]
    d.constant([d.integer(1, 3) for _ in range(d.integer(0, 2))] + target, np.int64)
    return d.case()


@draws("Tile")
def tile(d: Draw):
    """Each dimension."""
    shape = d.shape(1, 4, 4)
    d.input(d.real(*shape), 0)
    d.constant([d.integer(1, 3) for _ in shape], np.int64)
    return d.case()


@draws("Shape", "Size")
def shape_of(d: Draw):
    """The whole, or a part."""
    d.input(d.real(*d.shape()), 0)
    part = {name: d.integer(-3, 3) for name in ("start", "end") if d.opset >= 15 and d.chance(0.5)}
    return d.case(**(part if d.operator == "Shape" else {}))
