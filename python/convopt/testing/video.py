"""Networks that see videos: convolutions in three dimensions."""

import onnx

from convopt.testing.builder import Builder


class VideoBuilder(Builder):
    """Convolutions with a normalisation behind them, as residual networks have them."""

    def normalised(self, x: str, channels: tuple, kernel=(3, 3, 3), strides=(1, 1, 1), group: int = 1) -> str:
        """A Conv from channels[0] to channels[1], padded to keep the size at stride one, and a BatchNormalization."""
        pads = [extent // 2 for extent in kernel] * 2
        weight = self.weight(channels[1], channels[0] // group, *kernel)
        x = self.add("Conv", x, weight, strides=strides, pads=pads, group=group)
        return self.batch_norm(x, channels[1])

    def residual(self, x: str, layers, channels: tuple, stride: int) -> str:
        """`layers` computes the one path, nothing or a pointwise convolution the other."""
        shortcut = x
        if stride > 1 or channels[0] != channels[1]:
            shortcut = self.normalised(x, channels, (1, 1, 1), (stride,) * 3)
        return self.add("Relu", self.add("Add", layers, shortcut))


def r3d_18(frames: int = 16, size: int = 112, width: int = 64, classes: int = 400) -> onnx.ModelProto:
    """ResNet-18 in three dimensions: Tran et al., CVPR 2018 (R3D). `width` is that of the first stage."""
    b = VideoBuilder("r3d_18", seed=7)
    x = b.input(1, 3, frames, size, size)
    x = b.add("Relu", b.normalised(x, (3, width), (3, 7, 7), (1, 2, 2)))
    inner = width
    for stage in range(4):
        outer = width << stage
        for block in range(2):
            stride = 2 if stage and not block else 1
            y = b.add("Relu", b.normalised(x, (inner, outer), strides=(stride,) * 3))
            x = b.residual(x, b.normalised(y, (outer, outer)), (inner, outer), stride)
            inner = outer
    x = b.add("Flatten", b.add("GlobalAveragePool", x))
    return b.model(b.add("Gemm", x, b.weight(inner, classes), b.weight(classes, deviation=0.1)))


def r2plus1d(frames: int = 8, size: int = 32, width: int = 16, classes: int = 10) -> onnx.ModelProto:
    """Planes and depth apart (R(2+1)D), poolings between, then depthwise blocks as in X3D and branches as in S3D."""
    b = VideoBuilder("r2plus1d", seed=8)
    x = b.add("Relu", b.normalised(b.input(1, 3, frames, size, size), (3, width), (1, 5, 5), (1, 2, 2)))
    x = b.add("Relu", b.normalised(x, (width, width), (3, 1, 1)))
    x = b.add("MaxPool", x, kernel_shape=[1, 3, 3], strides=[1, 2, 2], pads=[0, 1, 1, 0, 1, 1])
    for stride in (1, 2):
        y = b.add("Relu", b.normalised(x, (width, 24), (1, 3, 3), (1, stride, stride)))
        y = b.add("Relu", b.normalised(y, (24, width), (3, 1, 1), (stride, 1, 1)))
        y = b.add("Relu", b.normalised(y, (width, 24), (1, 3, 3)))
        x = b.residual(x, b.normalised(y, (24, width), (3, 1, 1)), (width, width), stride)
    y = b.add("Relu", b.normalised(x, (width, 32), (1, 1, 1)))
    y = b.add("Relu", b.normalised(y, (32, 32), group=32))
    squeezed = b.add("ReduceMean", y, axes=[2, 3, 4], keepdims=1)
    y = b.add("Mul", y, b.add("Sigmoid", b.add("Conv", squeezed, b.weight(32, 32, 1, 1, 1))))
    x = b.residual(x, b.normalised(y, (32, width), (1, 1, 1)), (width, width), 1)
    pooled = b.add("MaxPool", x, kernel_shape=[3, 3, 3], strides=[1, 1, 1], pads=[1] * 6)
    branches = [b.normalised(x, (width, 8), (1, 1, 1)), b.normalised(pooled, (width, 8), (1, 1, 1))]
    x = b.add("Concat", b.normalised(x, (width, 16), group=4), *branches, axis=1)
    x = b.add("Relu", b.normalised(x, (32, 32), strides=(2, 1, 1)))
    x = b.add("Flatten", b.add("GlobalAveragePool", x))
    return b.model(b.add("Gemm", x, b.weight(32, classes), b.weight(classes, deviation=0.1)))
