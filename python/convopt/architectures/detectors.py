"""Boxes around things."""

from convopt.architectures.blocks import conv, depthwise, inverted


def yolo_v3():
    """Darknet-53 and its three heads at 416 x 416, and the tiny form (Redmon and Farhadi, 2018)."""
    yield conv(3, 32, 416, 3)
    for channels, size in ((32, 416), (64, 208), (128, 104), (256, 52), (512, 26)):
        yield conv(channels, channels * 2, size, 3, 2)
        yield conv(channels * 2, channels, size // 2)
        yield conv(channels, channels * 2, size // 2, 3)
    for channels, size in ((1024, 13), (512, 26), (256, 52)):
        yield conv(channels, 255, size)
        yield conv(channels * 3 // 2, channels // 2, size)
    yield conv(3, 16, 416, 3)
    for channels, size in ((16, 208), (32, 104), (64, 52), (128, 26), (256, 13), (512, 13)):
        yield conv(channels, channels * 2, size, 3)


def yolo_csp():
    """YOLOv5 and YOLOv8 at 640 x 640 in three widths: stride-2 convolutions, cross-stage blocks, decoupled heads."""
    for width in (16, 32, 48):
        yield conv(3, width, 640, 6, 2, pads=(2, 2, 2, 2))
        yield conv(3, width, 640, 3, 2)
        for level in range(4):
            channels, size = width << level, 320 >> level
            yield conv(channels, channels * 2, size, 3, 2)
            yield conv(channels * 2, channels * 2, size // 2)
            yield conv(channels * 2, channels, size // 2)
            yield conv(channels, channels, size // 2)
            yield conv(channels, channels, size // 2, 3)
            yield conv(channels * 3, channels * 2, size // 2)
        for level, size in ((2, 80), (3, 40), (4, 20)):
            channels = width << level
            yield conv(channels, 255, size)
            yield conv(channels, 64, size, 3)
            yield conv(64, 64, size, 3)
            yield conv(64, 64, size)
            yield conv(channels, max(channels, 80), size, 3)
            yield conv(max(channels, 80), 80, size)


def single_shot():
    """SSD with VGG-16 and with MobileNetV2 at 300 x 300 (Liu et al., 2016), EfficientDet-D0's pyramid, BlazeFace."""
    for channels, size, boxes in ((512, 38, 4), (1024, 19, 6), (512, 10, 6), (256, 5, 6), (256, 3, 4)):
        yield conv(channels, boxes * 4, size, 3)
        yield conv(channels, boxes * 21, size, 3)
    yield conv(512, 1024, 19, 3, dilation=6)
    yield conv(1024, 1024, 19)
    yield conv(1024, 256, 19)
    yield conv(256, 512, 19, 3, 2)
    for channels, size in ((576, 19), (1280, 10), (512, 5), (256, 3), (256, 2)):
        yield depthwise(channels, size)
        yield conv(channels, 24, size)
        yield conv(channels, 546, size)
    for size in (64, 32, 16, 8, 4):
        yield depthwise(64, size)
        yield conv(64, 64, size)
        yield conv(64, 810, size)
        yield conv(64, 36, size)
    yield conv(3, 24, 128, 5, 2)
    for channels, filters, size, stride in ((24, 24, 64, 1), (24, 48, 64, 2), (48, 48, 32, 1), (48, 96, 32, 2)):
        yield depthwise(channels, size, 5, stride)
        yield conv(channels, filters, size // stride)


def faces():
    """Recognising faces at 112 x 112: MobileFaceNet and the ResNet of ArcFace."""
    yield conv(3, 64, 112, 3, 2)
    yield depthwise(64, 56)
    for channels, size, expand in ((64, 56, 2), (64, 28, 2), (128, 14, 2), (128, 7, 4)):
        yield from inverted(channels, channels, size, expand)
    yield depthwise(512, 7, 7, pads=(0, 0, 0, 0))
    for channels, size in ((64, 56), (128, 28), (256, 14), (512, 7)):
        yield conv(channels, channels, size, 3)
        yield conv(channels // 2 if channels > 64 else 64, channels, size * 2, 3, 2)
