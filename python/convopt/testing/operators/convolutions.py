"""Conv and ConvTranspose: dense, pointwise, grouped, depthwise, strided, dilated, padded in every way."""

import math

from convopt.testing.growth import Growth, Unsuitable
from convopt.testing.operators import grows
from convopt.testing.operators.images import channels, image, per_channel, window


def _groups(g: Growth, count: int) -> int:
    if g.chance(0.6):
        return 1
    return g.choose([d for d in range(1, count + 1) if count % d == 0])


@grows(5)
def conv(g: Growth):
    """Conv by constant filters."""
    x = image(g)
    attributes = window(g, x, 1 if g.chance(0.3) else g.choose([3, 3, 5]))
    group = channels(x) if g.chance(0.2) else _groups(g, channels(x))
    outer = group * (1 if group > 1 and g.chance(0.6) else g.integer(1, max(1, 24 // group)))
    taps = [channels(x) // group, *attributes["kernel_shape"]]
    filters = g.weight(outer, *taps, deviation=math.prod(taps) ** -0.5)
    if g.chance(0.3):
        del attributes["kernel_shape"]
    bias = per_channel(g, outer) if g.chance(0.6) else None
    return g.add("Conv", x, filters, bias, group=group, **attributes)


@grows(1)
def conv_block(g: Growth):
    """What networks are made of: a convolution, a normalisation, a residual sum, an activation."""
    x = image(g, (4,))
    outer = channels(x) if g.chance(0.6) else g.choose([4, 8, 16])
    filters = g.weight(outer, channels(x), 3, 3, deviation=(9 * channels(x)) ** -0.5)
    y = g.add("Conv", x, filters, pads=[1, 1, 1, 1])
    if g.chance(0.6):
        factors = [per_channel(g, outer, mean) for mean in (1, 0, 0, 1)]
        y = g.add("BatchNormalization", y, *factors)
    if outer == channels(x) and g.chance(0.6):
        y = g.add("Add", y, x)
    return g.add(g.choose(["Relu", "Sigmoid", "HardSwish" if g.opset >= 14 else "Tanh", "Elu"]), y)


@grows(0.5)
def conv_computed_filter(g: Growth):
    """Conv by filters that the graph computes."""
    x = image(g, (4,))
    filters = g.pick(lambda v: v.real and v.rank == 4 and v.shape[1] == x.shape[1] and v.array.size)
    if any(k > size for k, size in zip(filters.shape[2:], x.shape[2:], strict=True)):
        raise Unsuitable
    return g.add("Conv", x, filters)


@grows(2)
def conv_transpose(g: Growth):
    """ConvTranspose by constant filters."""
    x = image(g)
    spatial = len(x.shape) - 2
    kernel = [g.integer(1, 4) for _ in range(spatial)]
    strides = [g.integer(1, 3) for _ in range(spatial)]
    group = _groups(g, channels(x))
    attributes = {"strides": strides, "group": group}
    if g.chance(0.2):
        attributes["dilations"] = [g.integer(1, 2) for _ in range(spatial)]
    way = g.integer(0, 5)
    if way < 2:
        attributes["pads"] = [g.integer(0, min(1, k - 1)) for k in kernel * 2]
    elif way == 2:
        attributes["auto_pad"] = g.choose(["SAME_UPPER", "SAME_LOWER", "VALID"])
        # Where the stride is beyond the kernel's reach ONNX Runtime's SAME is smaller than the standard's.
        dilations = attributes.get("dilations", [1] * spatial)
        if any((k - 1) * d + 1 < s for k, d, s in zip(kernel, dilations, strides, strict=True)):
            attributes["auto_pad"] = "VALID"
    if way != 2 and g.chance(0.3):
        attributes["output_padding"] = [g.integer(0, s - 1) for s in strides]
    each = g.integer(1, max(1, 12 // group))
    filters = g.weight(channels(x), each, *kernel, deviation=(channels(x) // group * math.prod(kernel)) ** -0.5)
    bias = per_channel(g, group * each) if g.chance(0.5) else None
    return g.add("ConvTranspose", x, filters, bias, **attributes)
