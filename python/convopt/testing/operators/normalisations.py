"""Normalisations: by given statistics, by those of a channel, a group, a row, neighbouring channels."""

from convopt.testing.growth import Growth, Unsuitable
from convopt.testing.operators import grows
from convopt.testing.operators.images import channels, image, per_channel


@grows(3)
def batch(g: Growth):
    """BatchNormalization of an image or a matrix."""
    x = image(g) if g.chance(0.8) else g.pick(lambda v: v.real and v.rank == 2)
    return g.add("BatchNormalization", x, *(per_channel(g, channels(x), mean) for mean in (1, 0, 0, 1)))


@grows(2)
def instance(g: Growth):
    """InstanceNormalization."""
    x = image(g)
    return g.add("InstanceNormalization", x, *(per_channel(g, channels(x), mean) for mean in (1, 0)), epsilon=1e-3)


@grows(2)
def layer(g: Growth):
    """LayerNormalization along the last axes."""
    if g.opset < 17:
        raise Unsuitable
    x = g.pick(lambda v: v.real and v.rank >= 1 and v.array.size)
    axis = g.integer(0, x.rank - 1)
    shape = x.shape[axis:]
    bias = g.weight(*shape, deviation=0.3) if g.chance(0.6) else None
    scale = g.weight(*shape, mean=1, deviation=0.2)
    return g.add("LayerNormalization", x, scale, bias, axis=axis - x.rank if g.chance(0.5) else axis, epsilon=1e-3)


@grows(1)
def group(g: Growth):
    """GroupNormalization, with factors for each channel."""
    if g.opset < 21:
        raise Unsuitable
    x = image(g)
    groups = g.choose([d for d in range(1, channels(x) + 1) if channels(x) % d == 0])
    factors = [per_channel(g, channels(x), mean) for mean in (1, 0)]
    return g.add("GroupNormalization", x, *factors, num_groups=groups, epsilon=1e-3)


@grows(1)
def local_response(g: Growth):
    """LRN."""
    return g.add("LRN", image(g, (4,)), size=g.choose([3, 5]), alpha=0.1, beta=0.75, bias=1.0)


@grows(0.5)
def mean_variance(g: Growth):
    """MeanVarianceNormalization, whose meaning is a function of other operators."""
    if g.opset < 13:
        raise Unsuitable
    return g.add("MeanVarianceNormalization", image(g, (4,)), axes=g.choose([[0, 2, 3], [2, 3], [1]]))


@grows(1)
def by_hand(g: Growth):
    """A row's mean subtracted and its deviation divided by, as exporters write it before opset 17."""
    x = g.pick(lambda v: v.real and v.rank >= 2 and v.shape[-1] > 1)
    centred = g.add("Sub", x, g.axes("ReduceMean", x, [-1], since=18))
    variance = g.axes("ReduceMean", g.add("Mul", centred, centred), [-1], since=18)
    return g.add("Div", centred, g.add("Sqrt", g.add("Add", variance, g.constant(1e-2))))
