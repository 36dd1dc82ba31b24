"""Networks with QuantizeLinear and DequantizeLinear around every operator, as quantisers write them."""

import math

import numpy as np

from convopt.testing.builder import Builder


class QuantisedBuilder(Builder):
    """A graph whose activations are integers of `kind` wherever they are stored."""

    def __init__(self, name: str, kind=np.uint8, per_channel: bool = True, seed: int = 0):
        """An empty graph; filters have a scale a channel, or one."""
        super().__init__(name, seed=seed)
        self.kind, self.per_channel = kind, per_channel

    def zero(self, least: float, most: float, kind) -> tuple:
        """Scale and zero point with which integers of `kind` reach from `least` to `most`."""
        limits = np.iinfo(kind)
        scale = np.float32((most - least) / 255)
        return scale, kind(np.clip(round(limits.min - least / scale), limits.min, limits.max))

    def quantised(self, x: str, least: float = -4, most: float = 4) -> str:
        """`x` as numbers that integers stand for."""
        scale, zero = self.zero(least, most, self.kind)
        operands = self.constant(scale), self.constant(zero, self.kind)
        return self.add("DequantizeLinear", self.add("QuantizeLinear", x, *operands), *operands)

    def filter(self, *shape: int, axis: int = 0, kind=np.int8, centre: int = 0) -> str:
        """A random filter, decoded from integers of `kind` around `centre`."""
        integers = self.generator.integers(-127, 128, shape)
        limits = np.iinfo(kind)
        integers = np.clip(integers + centre, limits.min, limits.max)
        count = (shape[axis],) if self.per_channel else ()
        deviation = math.sqrt(2 / max(1, math.prod(shape) // shape[axis]))
        scale = self.generator.uniform(0.5, 1, count) * deviation / 73
        zero = np.full(count, centre)
        given = {"axis": axis} if count else {}
        operands = self.constant(integers, kind), self.constant(scale), self.constant(zero, kind)
        return self.add("DequantizeLinear", *operands, **given)

    def product(self, operator: str, x: str, shape: tuple, bias: bool = True, **attributes) -> str:
        """A Conv, or a Gemm with transB, of a random filter and perhaps a bias."""
        operands = [x, self.filter(*shape)]
        if bias:
            operands.append(self.weight(shape[0], deviation=0.5))
        return self.add(operator, *operands, **attributes)


def network(kind, per_channel: bool):
    """Convolutions of all kinds with what usually stands between them; its products are 7, its output one tensor."""
    b = QuantisedBuilder("quantised", kind, per_channel)
    x = b.quantised(b.input(2, 3, 13, 12))
    x = b.add("Relu", b.product("Conv", x, (8, 3, 3, 3), pads=[1, 1, 1, 1]))
    x = b.quantised(x, 0, 4)
    x = b.quantised(b.add("MaxPool", x, kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1]), 0, 4)
    y = b.quantised(b.product("Conv", x, (8, 1, 3, 3), group=8, pads=[1, 1, 1, 1]))
    y = b.quantised(b.product("Conv", y, (8, 8, 1, 1), bias=False))
    x = b.quantised(b.add("Relu", b.add("Add", x, y)), 0, 5)
    y = b.quantised(b.product("Conv", x, (8, 4, 3, 3), group=2, strides=[2, 2], pads=[1, 1, 1, 1]))
    z = b.quantised(b.product("Conv", x, (4, 8, 3, 3), dilations=[2, 2], strides=[2, 2], pads=[2, 2, 2, 2]))
    x = b.quantised(b.add("Concat", y, z, axis=1))
    x = b.add("Resize", x, "", b.constant([1, 1, 2, 2]), mode="nearest", coordinate_transformation_mode="asymmetric")
    x = b.product("Conv", b.quantised(x), (6, 12, 3, 3), pads=[1, 1, 1, 1])
    x = b.quantised(b.add("GlobalAveragePool", b.quantised(x)), -2, 2)
    x = b.product("Gemm", b.add("Flatten", x), (5, 6), transB=1)
    return b.model(b.quantised(x))
