"""What architectures are made of."""

from convopt.layers import Layer


def conv(channels, filters, size, kernel=1, stride=1, dilation=1, groups=1, batch=1, pads=None):
    """A layer with "same" padding unless `pads` says otherwise; size and kernel are numbers or (height, width)."""
    height, width = size if isinstance(size, tuple) else (size, size)
    tall, wide = kernel if isinstance(kernel, tuple) else (kernel, kernel)
    down, right = stride if isinstance(stride, tuple) else (stride, stride)
    if pads is None:
        pads = ((tall - 1) * dilation // 2,) * 2 + ((wide - 1) * dilation // 2,) * 2
    return Layer(
        batch, groups, channels // groups, filters // groups, height, width, (tall, wide), (down, right),
        (dilation,) * 2, pads,
    )  # fmt: skip


def depthwise(channels, size, kernel=3, stride=1, dilation=1, batch=1, pads=None):
    """One filter a channel."""
    return conv(channels, channels, size, kernel, stride, dilation, channels, batch, pads)


def line(channels, filters, length, kernel=1, stride=1, dilation=1, groups=1):
    """One dimension: a row of `length` samples."""
    return conv(channels, filters, (1, length), (1, kernel), (1, stride), dilation, groups)


def bottleneck(inside, outside, size, stride=1, batch=1):
    """ResNet's: 1x1, 3x3, 1x1 and the projection (He et al., CVPR 2016)."""
    yield conv(outside // 2 if stride > 1 else outside, inside, size, batch=batch)
    yield conv(inside, inside, size, 3, stride, batch=batch)
    yield conv(inside, outside, size // stride, batch=batch)
    if stride > 1:
        yield conv(outside // 2, outside, size, 1, 2, batch=batch)


def inverted(channels, filters, size, expand, kernel=3, stride=1):
    """MobileNetV2's block (Sandler et al., CVPR 2018)."""
    inside = channels * expand
    if expand > 1:
        yield conv(channels, inside, size)
    yield depthwise(inside, size, kernel, stride)
    yield conv(inside, filters, size // stride)
