"""Networks of convolutions first and attention behind: CoAtNet (Dai et al., NeurIPS 2021), as timm exports it."""

import numpy as np
import onnx

from convopt.testing.builder import Builder

HEAD = 32  # channels of a head


class CoatBuilder(Builder):
    """The blocks of a CoAtNet, channels first."""

    def whole(self, *numbers: int) -> str:
        """Sizes or a shape."""
        return self.constant(numbers, np.int64)

    def gelu(self, x: str) -> str:
        """GELU with erf, written out."""
        half = self.add("Erf", self.add("Div", x, self.constant(2**0.5)))
        return self.add("Mul", self.add("Mul", x, self.add("Add", half, self.constant(1))), self.constant(0.5))

    def halved(self, x: str) -> str:
        """Means of 2x2."""
        return self.add("AveragePool", x, kernel_shape=[2, 2], strides=[2, 2])

    def layer_norm(self, x: str, channels: int) -> str:
        """A LayerNormalization of the channels, between two transpositions."""
        x = self.add("Transpose", x, perm=[0, 2, 3, 1])
        scale, bias = self.weight(channels, mean=1, deviation=0.1), self.weight(channels, deviation=0.1)
        x = self.add("LayerNormalization", x, scale, bias, axis=-1, epsilon=1e-5)
        return self.add("Transpose", x, perm=[0, 3, 1, 2])

    def mbconv(self, x: str, channels: tuple, stride: int) -> str:
        """Widened by four, a depthwise 3x3 and squeeze-and-excitation, narrowed again."""
        inner, outer = channels
        wide = outer * 4
        shortcut = self.halved(x) if stride > 1 else x
        if inner != outer:
            shortcut = self.conv(shortcut, channels, 1)
        y = self.conv(self.batch_norm(x, inner), (inner, wide), 1, bias=False)
        y = self.gelu(self.batch_norm(y, wide))
        y = self.conv(y, (wide, wide), 3, bias=False, group=wide, strides=[stride] * 2)
        y = self.gelu(self.batch_norm(y, wide))
        squeezed = self.conv(self.add("ReduceMean", y, axes=[2, 3], keepdims=1), (wide, wide // 16), 1)
        squeezed = self.add("Mul", squeezed, self.add("Sigmoid", squeezed))
        gates = self.add("Sigmoid", self.conv(squeezed, (wide // 16, wide), 1))
        return self.add("Add", self.conv(self.add("Mul", y, gates), (wide, outer), 1), shortcut)

    def attention(self, x: str, channels: tuple, size: int) -> str:
        """Heads over all pixels of size x size with a bias for each two of them, their values channels first."""
        inner, outer = channels
        heads, pixels = outer // HEAD, size * size
        x = self.add("Reshape", self.conv(x, (inner, outer * 3), 1), self.whole(1, heads, 3 * HEAD, pixels))
        query, key, value = self.add("Split", x, self.whole(HEAD, HEAD, HEAD), outputs=3, axis=2)
        query = self.add("Mul", self.add("Transpose", query, perm=[0, 1, 3, 2]), self.constant(HEAD**-0.5))
        weights = self.add("MatMul", query, key)
        weights = self.add("Add", weights, self.weight(1, heads, pixels, pixels, deviation=0.1))
        weights = self.add("Softmax", weights, axis=-1)
        x = self.add("MatMul", value, self.add("Transpose", weights, perm=[0, 1, 3, 2]))
        return self.conv(self.add("Reshape", x, self.whole(1, outer, size, size)), (outer, outer), 1)

    def transformer(self, x: str, channels: tuple, size: int, stride: int) -> str:
        """Attention on size x size pixels, then two pointwise convolutions."""
        outer = channels[1]
        y, shortcut = self.layer_norm(x, channels[0]), x
        if stride > 1:
            y, shortcut = self.halved(y), self.conv(self.halved(x), channels, 1)
        x = self.add("Add", self.attention(y, channels, size), shortcut)
        y = self.gelu(self.conv(self.layer_norm(x, outer), (outer, outer * 4), 1))
        return self.add("Add", x, self.conv(y, (outer * 4, outer), 1))


def coatnet(
    size: int = 224, widths=(64, 96, 192, 384, 768), depths=(2, 3, 5, 2), classes: int = 1000
) -> onnx.ModelProto:
    """CoAtNet-0, or a smaller one: `widths` of the stem and the four stages, `depths` of those."""
    b = CoatBuilder("coatnet", seed=3)
    half = widths[0] // 2
    x = b.conv(b.input(1, 3, size, size), (3, half), 3, strides=[2, 2], bias=False)
    x = b.conv(b.gelu(b.batch_norm(x, half)), (half, widths[0]), 3)
    size //= 2
    for stage, depth in enumerate(depths):
        size //= 2
        for block in range(depth):
            channels = widths[stage + (block > 0)], widths[stage + 1]
            stride = 1 if block else 2
            if stage < 2:
                x = b.mbconv(x, channels, stride)
            else:
                x = b.transformer(x, channels, size, stride)
    x = b.add("Flatten", b.add("GlobalAveragePool", b.layer_norm(x, widths[-1])))
    return b.model(b.add("Gemm", x, b.weight(widths[-1], classes), b.weight(classes, deviation=0.1)))
