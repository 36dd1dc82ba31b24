"""A value for every pixel."""

from convopt.architectures.blocks import conv


def segmentation():
    """U-Net, DeepLabV3's pyramid of dilations, HRNet's branches, BiSeNet's paths."""
    for channels, size in ((64, 256), (128, 128), (256, 64), (512, 32), (1024, 16)):
        yield conv(3 if channels == 64 else channels // 2, channels, size, 3)
        if channels * size <= 16384:
            yield conv(channels, channels, size, 3)
    for dilation in (6, 12, 18):
        yield conv(320, 256, 33, 3, dilation=dilation)
        yield conv(512, 256, 33, 3, dilation=dilation)
    yield conv(1280, 256, 33)
    yield conv(256, 21, 33)
    for width in (18, 32, 48):
        for level in range(4):
            size = (64 >> level, 48 >> level)
            yield conv(width << level, width << level, size, 3)
            if level:
                yield conv(width << level, width, size)
                yield conv(width << (level - 1), width << level, (size[0] * 2, size[1] * 2), 3, 2)
    for channels, size in ((64, (120, 160)), (128, (60, 80)), (256, (30, 40))):
        yield conv(channels, channels, size, 3)
        yield conv(channels, channels * 2, size, 3, 2)


def pictures():
    """Pictures out of pictures: SRCNN, ESPCN, FSRCNN, EDSR, style transfer; OpenPose's 7 x 7 stages."""
    yield conv(1, 64, (180, 320), 9)
    yield conv(64, 32, (180, 320), 1)
    yield conv(32, 1, (180, 320), 5)
    yield conv(1, 64, 224, 5)
    yield conv(64, 32, 224, 3)
    yield conv(32, 9, 224, 3)
    yield conv(1, 56, (120, 214), 5)
    yield conv(56, 12, (120, 214))
    yield conv(12, 12, (120, 214), 3)
    yield conv(12, 56, (120, 214))
    yield conv(3, 64, (90, 160), 3)
    yield conv(64, 64, (90, 160), 3)
    yield conv(64, 256, (90, 160), 3)
    yield conv(3, 32, 224, 9)
    yield conv(32, 64, 224, 3, 2)
    yield conv(128, 128, 56, 3)
    yield conv(32, 3, 224, 9)
    for channels in (128, 185):
        yield conv(channels, 128, 46, 7)
    yield conv(128, 512, 46)
    yield conv(128, 38, 46)
    yield conv(128, 19, 46)
