"""Text and sound."""

from convopt.architectures.blocks import conv, depthwise, line


def text():
    """Reading text: CRNN on 32 x 320 (Shi et al., 2017), DBNet's pyramid at 640 x 640, a recogniser on 48 x 320."""
    for channels, filters, size in ((1, 64, (32, 320)), (64, 128, (16, 160)), (128, 256, (8, 80))):
        yield conv(channels, filters, size, 3)
    yield conv(256, 256, (8, 80), 3)
    yield conv(256, 512, (4, 80), 3)
    yield conv(512, 512, (4, 80), 3)
    yield conv(512, 512, (2, 80), 2, pads=(0, 0, 0, 0))
    for channels, size in ((64, 160), (128, 80), (256, 40), (512, 20)):
        yield conv(channels, channels, size, 3)
        yield conv(channels, 256, size)
        yield conv(256, 64, size, 3)
    yield conv(3, 64, 640, 7, 2)
    yield conv(256, 64, 160, 3)
    yield conv(3, 16, (48, 320), 3, 2)
    for channels, filters, size, kernel, stride in (
        (16, 32, (24, 160), 3, 1), (32, 64, (24, 160), 3, (2, 1)), (64, 64, (12, 160), 3, 1),
        (64, 128, (12, 160), 3, 1),
        (128, 128, (12, 160), 5, 1), (128, 256, (12, 160), 5, (2, 1)), (256, 256, (6, 160), 5, 1),
        (256, 512, (6, 160), 5, (2, 1)), (512, 512, (3, 160), 5, 1),
    ):  # fmt: skip
        yield depthwise(channels, size, kernel, stride)
        height = size[0] // (stride[0] if isinstance(stride, tuple) else stride)
        yield conv(channels, filters, (height, size[1]))
    yield conv(512, 6625, (1, 40))


def spectrograms():
    """VGGish and YAMNet on 96 x 64 patches, a depthwise keyword spotter on 49 x 10 (Zhang et al., 2017)."""
    for channels, filters, size in ((1, 64, (96, 64)), (64, 128, (48, 32)), (128, 256, (24, 16)), (256, 512, (12, 8))):
        yield conv(channels, filters, size, 3)
        yield conv(filters, filters, size, 3)
    yield conv(1, 32, (96, 64), 3, 2)
    for channels, filters, size, stride in (
        (32, 64, (48, 32), 1), (64, 128, (48, 32), 2), (128, 128, (24, 16), 1), (128, 256, (24, 16), 2),
        (256, 256, (12, 8), 1), (256, 512, (12, 8), 2), (512, 512, (6, 4), 1), (512, 1024, (6, 4), 2),
        (1024, 1024, (3, 2), 1),
    ):  # fmt: skip
        yield depthwise(channels, size, 3, stride)
        yield conv(channels, filters, (size[0] // stride, size[1] // stride))
    yield conv(1, 64, (49, 10), (10, 4), 2)
    yield depthwise(64, (25, 5))
    yield conv(64, 64, (25, 5))


def waveforms():
    """One dimension: wav2vec's features, QuartzNet, Conv-TasNet, HiFi-GAN, electrocardiograms."""
    length = 16000
    for channels, kernel, stride in ((1, 10, 5), (512, 3, 2), (512, 3, 2), (512, 3, 2), (512, 2, 2)):
        yield line(channels, 512, length, kernel, stride)
        length = length // stride
    yield line(64, 256, 1000, 33, 2)
    for channels, filters, kernel in ((256, 256, 33), (256, 256, 39), (256, 512, 51), (512, 512, 63), (512, 512, 75)):
        yield line(channels, channels, 500, kernel, groups=channels)
        yield line(channels, filters, 500)
    yield line(512, 512, 500, 87, dilation=2, groups=512)
    yield line(512, 1024, 500)
    yield line(1, 256, 16000, 20, 10)
    yield line(256, 128, 1600)
    yield line(128, 256, 1600)
    for dilation in (1, 2, 8, 32, 128):
        yield line(256, 256, 1600, 3, dilation=dilation, groups=256)
    for channels, size in ((256, 400), (128, 3200), (64, 6400), (32, 12800)):
        for kernel in (3, 7, 11):
            for dilation in (1, 3, 5):
                yield line(channels, channels, size, kernel, dilation=dilation)
    for channels, filters, size in ((12, 64, 4096), (64, 128, 1024), (128, 196, 256), (196, 256, 64)):
        yield line(channels, filters, size, 17)
