"""What several families need of values that are images: [N, C] and one to three spatial dimensions."""

import numpy as np

from convopt.testing.growth import Growth, Unsuitable, Value


def split(g: Growth, size: int, parts: int) -> list:
    """`size` as a product of `parts` random factors."""
    shape = [1] * parts
    for prime in (7, 5, 3, 2):
        while size % prime == 0:
            shape[g.integer(0, parts - 1)] *= prime
            size //= prime
    shape[g.integer(0, parts - 1)] *= size
    return shape


def image(g: Growth, ranks=(3, 4, 4, 4, 5)) -> Value:
    """A value of one of these ranks; seldom any other reshaped to one."""
    rank = g.choose(ranks)
    if g.chance(0.7):
        return g.pick(lambda v: v.real and v.rank == rank and v.array.size)
    x = g.pick(lambda v: v.real and v.array.size >= 8)
    return g.add("Reshape", x, g.integers([1, *split(g, x.array.size, rank - 1)]))


def window(g: Growth, x: Value, largest: int, dilated: bool = True) -> dict:
    """Attributes of a window that fits into x: its shape, strides, dilations and padding."""
    spatial = x.shape[2:]
    kernel = [min(g.integer(1, largest), size + 1) for size in spatial]
    if g.chance(0.4):
        kernel = [min(kernel[0], size) for size in spatial]
    attributes = {"kernel_shape": kernel}
    dilations = [1] * len(spatial)
    if dilated and g.chance(0.2):
        dilations = [g.integer(1, 2) for _ in spatial]
        attributes["dilations"] = dilations
    if g.chance(0.5):
        attributes["strides"] = [g.integer(1, 3) for _ in spatial] if g.chance(0.5) else [2] * len(spatial)
    reach = [(k - 1) * d + 1 for k, d in zip(kernel, dilations, strict=True)]
    way = g.integer(0, 9)
    if way < 4:
        attributes["pads"] = [(r - 1) // 2 for r in reach] * 2
    elif way < 6:
        attributes["pads"] = [g.integer(0, min(k - 1, 2)) for k in kernel * 2]
    elif way < 7 and max(dilations) == 1:
        attributes["auto_pad"] = g.choose(["SAME_UPPER", "SAME_LOWER", "VALID"])
    pads = attributes.get("pads", [0] * 2 * len(spatial))
    for i, size in enumerate(spatial):
        if size + pads[i] + pads[i + len(spatial)] < reach[i]:
            raise Unsuitable
    return attributes


def channels(x: Value) -> int:
    """The extent of dimension 1."""
    return x.shape[1]


def per_channel(g: Growth, count: int, mean: float = 0) -> Value:
    """Positive if its mean is 1: a scale, a variance; otherwise a bias."""
    if mean:
        return g.constant(mean * np.exp(g.random.normal(0, 0.2, count)))
    return g.weight(count, deviation=0.3)
