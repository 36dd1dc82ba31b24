"""Small networks of kinds that the real ones leave out: segmentation, super-resolution, detection, mixtures."""

import numpy as np
import onnx

from convopt.testing.builder import Builder


def unet() -> onnx.ModelProto:
    """Segmentation: an encoder, a decoder of ConvTranspose and of Resize, skip connections by Concat."""
    b = Builder("unet", seed=1)

    def double(x, channels):
        x = b.add("Relu", b.batch_norm(b.conv(x, channels, bias=False), channels[1]))
        return b.add("Relu", b.batch_norm(b.conv(x, (channels[1], channels[1])), channels[1]))

    fine = double(b.input(1, 3, 48, 64), (3, 12))
    middle = double(b.add("MaxPool", fine, kernel_shape=[2, 2], strides=[2, 2]), (12, 24))
    coarse = double(b.add("MaxPool", middle, kernel_shape=[2, 2], strides=[2, 2]), (24, 48))
    up = b.add("ConvTranspose", coarse, b.weight(48, 24, 2, 2), b.weight(24, deviation=0.1), strides=[2, 2])
    middle = double(b.add("Concat", up, middle, axis=1), (48, 24))
    scales = b.constant([1, 1, 2, 2])
    up = b.add("Resize", middle, "", scales, mode="linear", coordinate_transformation_mode="half_pixel")
    fine = double(b.add("Concat", up, fine, axis=1), (36, 12))
    return b.model(b.add("Softmax", b.conv(fine, (12, 5), kernel=1), axis=1))


def super_resolution() -> onnx.ModelProto:
    """Residual blocks, DepthToSpace in both modes, added to a cubic enlargement of the image."""
    b = Builder("super_resolution", seed=2)
    image = b.input(1, 3, 20, 28)
    x = shallow = b.add("PRelu", b.conv(image, (3, 16), kernel=5), b.weight(16, 1, 1, mean=0.2, deviation=0.05))
    for _ in range(2):
        y = b.add("LeakyRelu", b.conv(x, (16, 16)), alpha=0.1)
        x = b.add("Add", x, b.add("Mul", b.conv(y, (16, 16)), b.constant(0.3)))
    x = b.add("Add", b.conv(x, (16, 16)), shallow)
    x = b.add("DepthToSpace", b.conv(x, (16, 64)), blocksize=2, mode="CRD")
    x = b.add("DepthToSpace", b.conv(x, (16, 12)), blocksize=2, mode="DCR")
    scales = b.constant([1, 1, 4, 4])
    large = b.add("Resize", image, "", scales, mode="cubic", coordinate_transformation_mode="pytorch_half_pixel")
    return b.model(b.add("Clip", b.add("Add", x, large), b.constant(-9), b.constant(9)))


def enlargement() -> onnx.ModelProto:
    """Fast super-resolution: few channels on a large plane, enlarged at last by an overlapping ConvTranspose."""
    b = Builder("enlargement", seed=6)
    x = b.conv(b.input(1, 1, 128, 128), (1, 12), kernel=5)
    for _ in range(2):
        x = b.add("LeakyRelu", b.conv(x, (12, 12)), alpha=0.25)
    x = b.add("LeakyRelu", b.conv(x, (12, 56), kernel=1), alpha=0.25)
    pads = {"strides": [3, 3], "pads": [4] * 4, "output_padding": [2, 2]}
    return b.model(b.add("ConvTranspose", x, b.weight(56, 1, 9, 9), b.weight(1, deviation=0.1), **pads))


def detector() -> onnx.ModelProto:
    """Detection: two scales joined by nearest enlargement, a spatial pyramid, boxes decoded by slices and Exp."""
    b = Builder("detector", seed=3)

    def block(x, channels, kernel=3, stride=1, group=1):
        x = b.conv(x, channels, kernel, group=group, strides=[stride, stride])
        return b.add("Mul", x, b.add("Sigmoid", x))

    def head(x, channels, size, stride):
        x = b.conv(x, (channels, 2 * 7), kernel=1)
        x = b.add("Reshape", x, b.constant([1, 2, 7, size * size], np.int64))
        x = b.add("Transpose", x, perm=[0, 1, 3, 2])
        axis = b.constant([3], np.int64)

        def part(first, last):
            ends = (b.constant([i], np.int64) for i in (first, last))
            return b.add("Slice", x, *ends, axis)

        centre = b.add("Mul", b.add("Sigmoid", part(0, 2)), b.constant(stride))
        extent = b.add("Mul", b.add("Exp", part(2, 4)), b.weight(1, 2, 1, 2, mean=8, deviation=1))
        boxes = b.add("Concat", centre, extent, b.add("Sigmoid", part(4, 7)), axis=3)
        return b.add("Reshape", boxes, b.constant([1, -1, 7], np.int64))

    x = block(block(b.input(1, 3, 64, 64), (3, 8), stride=2), (8, 16), stride=2)
    fine = block(block(x, (16, 16), group=16), (16, 24), kernel=1, stride=2)
    x = block(fine, (24, 32), stride=2)
    pools = [b.add("MaxPool", x, kernel_shape=[k, k], pads=[k // 2] * 4) for k in (3, 5)]
    coarse = block(b.add("Concat", x, *pools, axis=1), (96, 32), kernel=1)
    up = b.add("Resize", coarse, "", b.constant([1, 1, 2, 2]), mode="nearest",
               coordinate_transformation_mode="asymmetric", nearest_mode="floor")  # fmt: skip
    fine = block(b.add("Concat", up, fine, axis=1), (56, 24))
    return b.model(b.add("Concat", head(fine, 24, 8, 8), head(coarse, 32, 4, 16), axis=1))


def mixture() -> onnx.ModelProto:
    """A batch of two through convolutions of every geometry and activations of every kind, with two outputs."""
    b = Builder("mixture", opset=18, seed=4)
    x = b.conv(b.input(2, 3, 37, 41), (3, 18), kernel=(5, 3), pads=[2, 0, 1, 3], strides=[2, 1])
    x = b.conv(b.add("Elu", x, alpha=0.7), (18, 18), group=3, dilations=[2, 3], pads=[2, 3, 2, 3])
    x = b.conv(b.add("HardSwish", x), (18, 18), group=18, kernel=(3, 5), strides=[1, 2])
    x = b.conv(b.add("Softplus", x), (18, 36), group=18)  # depthwise with multiplier
    left, right = b.add("Split", b.add("LRN", x, size=5), b.constant([20, 16], np.int64), axis=1, outputs=2)
    left = b.conv(b.add("Tanh", left), (20, 16), kernel=(1, 7), auto_pad="SAME_UPPER", strides=[1, 2])
    right = b.add("Pad", right, b.constant([0, 0, 1, 1, 0, 0, 1, 1], np.int64), mode="reflect")
    right = b.conv(b.add("Mish", right), (16, 16), pads=[0, 0, 0, 0], strides=[1, 2])
    x = b.add("Max", left, b.add("Min", right, b.constant(0.5)))
    x = b.add("InstanceNormalization", x, b.weight(16, mean=1, deviation=0.1), b.weight(16, deviation=0.1))
    x = b.add("Add", x, b.add("AveragePool", x, kernel_shape=[3, 3], pads=[1] * 4, count_include_pad=1))
    squeezed = b.add("ReduceMean", x, b.constant([2, 3], np.int64), keepdims=1)
    x = b.add("Mul", x, b.add("HardSigmoid", b.conv(squeezed, (16, 16), kernel=1)))
    size = b.add("Sqrt", b.add("ReduceSum", b.add("Pow", x, b.constant(2)), b.constant([1], np.int64)))
    x = b.add("Div", x, b.add("Add", size, b.constant(0.1)))
    logits = b.add("Gemm", b.add("Flatten", b.add("GlobalMaxPool", x)), b.weight(10, 16), b.weight(10), transB=1)
    return b.model(b.add("LogSoftmax", logits, axis=1), b.add("Sub", x, size))


def transformer() -> onnx.ModelProto:
    """Patches of an image through one block of self-attention."""
    b = Builder("transformer", seed=5)
    x = b.conv(b.input(1, 3, 32, 32), (3, 24), kernel=8, pads=[0] * 4, strides=[8, 8])
    x = b.add("Transpose", b.add("Reshape", x, b.constant([1, 24, 16], np.int64)), perm=[0, 2, 1])
    x = b.add("Add", x, b.weight(1, 16, 24, deviation=0.1))

    def norm(x):
        return b.add("LayerNormalization", x, b.weight(24, mean=1, deviation=0.1), b.weight(24, deviation=0.1))

    def dense(x, channels):
        return b.add("Add", b.add("MatMul", x, b.weight(*channels)), b.weight(channels[1], deviation=0.1))

    def heads(x, perm):
        return b.add("Transpose", b.add("Reshape", x, b.constant([1, 16, 3, 8], np.int64)), perm=perm)

    y = norm(x)
    query, key, value = b.add("Split", dense(y, (24, 72)), axis=2, outputs=3)
    scores = b.add("MatMul", heads(query, [0, 2, 1, 3]), heads(key, [0, 2, 3, 1]))
    scores = b.add("Softmax", b.add("Div", scores, b.constant(8**0.5)), axis=-1)
    y = b.add("Transpose", b.add("MatMul", scores, heads(value, [0, 2, 1, 3])), perm=[0, 2, 1, 3])
    x = b.add("Add", x, dense(b.add("Reshape", y, b.constant([1, 16, 24], np.int64)), (24, 24)))
    y = dense(norm(x), (24, 48))
    gelu = b.add("Add", b.add("Erf", b.add("Div", y, b.constant(2**0.5))), b.constant(1))
    x = b.add("Add", x, dense(b.add("Mul", y, b.add("Mul", gelu, b.constant(0.5))), (48, 24)))
    first = b.add("Gather", norm(x), b.constant(0, np.int64), axis=1)
    return b.model(dense(first, (24, 10)))


NETWORKS = {build.__name__: build for build in (unet, super_resolution, enlargement, detector, mixture, transformer)}
