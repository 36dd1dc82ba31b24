"""One answer a picture."""

from convopt.architectures.blocks import bottleneck, conv, depthwise, inverted


def classifiers():
    """Classifiers: AlexNet, DenseNet, Xception, RegNet, RepVGG, EfficientNet-Lite, MobileViT, ViT, ConvNeXt."""
    yield conv(3, 64, 224, 11, 4, pads=(2, 2, 2, 2))
    yield conv(64, 192, 27, 5)
    yield conv(192, 384, 13, 3)
    yield conv(384, 256, 13, 3)
    for channels, size in (
        (64, 56),
        (160, 56),
        (128, 28),
        (320, 28),
        (480, 28),
        (256, 14),
        (640, 14),
        (992, 14),
        (512, 7),
    ):
        yield conv(channels, 128, size)
        yield conv(128, 32, size, 3)
        yield conv(channels, channels // 2, size)
    for channels, filters, size in ((64, 128, 147), (128, 256, 74), (256, 728, 37), (728, 728, 19), (728, 1024, 19)):
        yield depthwise(channels, size)
        yield conv(channels, filters, size)
    for width, group, size in ((48, 24, 56), (120, 24, 28), (336, 24, 14), (888, 24, 7)):
        yield conv(width, width, size)
        yield conv(width, width, size, 3, groups=width // group)
        yield conv(width // 2, width, size * 2, 1, 2)
    for channels, size in ((48, 112), (48, 56), (96, 28), (192, 14), (1280, 7)):
        yield conv(channels if channels < 1280 else 192, channels, size, 3, 2 if channels == 1280 else 1)
    for channels, filters, size, kernel, stride in (
        (16, 24, 112, 3, 2), (24, 40, 56, 5, 2), (40, 80, 28, 3, 2), (80, 112, 14, 5, 1), (112, 192, 14, 5, 2),
        (192, 320, 7, 3, 1),
    ):  # fmt: skip
        yield from inverted(channels, filters, size, 6, kernel, stride)
    for channels, size in ((96, 32), (128, 16), (160, 8)):
        yield conv(channels, channels, size, 3)
        yield conv(channels, channels * 3 // 2, size)
        yield conv(channels * 2, channels, size, 3)
    for patch in (16, 32):
        for filters in (192, 384, 768):
            yield conv(3, filters, 224, patch, patch, pads=(0, 0, 0, 0))
    yield conv(3, 96, 224, 4, 4, pads=(0, 0, 0, 0))
    for channels, size in ((96, 56), (192, 28), (384, 14), (768, 7)):
        yield depthwise(channels, size, 7)
        yield conv(channels, channels * 4, size)
        yield conv(channels * 4, channels, size)
        if channels < 768:
            yield conv(channels, channels * 2, size, 2, 2, pads=(0, 0, 0, 0))


def batches():
    """Several images at a time: ResNet and MobileNetV2 in fours and eights, as servers run them."""
    for batch in (4, 8):
        for inside, outside, size in ((64, 256, 56), (128, 512, 28), (256, 1024, 14), (512, 2048, 7)):
            if batch == 4 or size < 56:
                yield from bottleneck(inside, outside, size, batch=batch)
        for inside, outside, size in ((128, 512, 56), (256, 1024, 28), (512, 2048, 14)):
            yield from bottleneck(inside, outside, size, 2, batch=batch)
        for channels, filters, size, stride in ((96, 24, 112, 2), (144, 32, 56, 2), (192, 64, 28, 2), (576, 96, 14, 1)):
            yield depthwise(channels, size, stride=stride, batch=batch)
            yield conv(channels, filters, size // stride, batch=batch)
        yield conv(2048, 1000, 1, batch=batch)
        yield conv(1280, 1000, 1, batch=batch)
