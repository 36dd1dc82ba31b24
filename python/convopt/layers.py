"""Layers to profile: those of ONNX models, of well-known architectures, and others made up around them.

    python -m convopt.layers MODEL.onnx ... --architectures --generated=300 --shuffle > layers.txt

prints one distinct layer a line in the form that convopt-profile reads.
"""

import argparse
import pathlib
import random
import tempfile
from dataclasses import astuple, dataclass

from convopt.primitives import catalogue

FORM = "n={} g={} c={} k={} h={} w={} r={}x{} s={}x{} d={}x{} p={}x{}x{}x{}"


@dataclass(frozen=True)
class Layer:
    """A convolution's geometry; channels are counted per group, the image is the one before padding."""

    batch: int
    groups: int
    channels: int
    filters: int
    height: int
    width: int
    kernel: tuple = (1, 1)
    strides: tuple = (1, 1)
    dilations: tuple = (1, 1)
    pads: tuple = (0, 0, 0, 0)  # top, bottom, left, right

    def __str__(self):
        """Print as convopt-profile reads it."""
        flat = []
        for value in astuple(self):
            flat += value if isinstance(value, tuple) else [value]
        return FORM.format(*flat)


def _same(kernel, dilation=1):
    return ((kernel - 1) * dilation // 2,) * 4


def model_layers(path):
    """The lines for the convolutions of an ONNX model, fully connected layers among them, as the compiler sees them."""
    import onnx

    from convopt.testing.weights import expand_topology

    # Networks may be stored without weights, which the compiler does not accept.
    with tempfile.TemporaryDirectory(prefix="convopt-layers-") as folder:
        whole = pathlib.Path(folder) / "model.onnx"
        external = any(tensor.external_data for tensor in onnx.load(path, load_external_data=False).graph.initializer)
        if not external:
            onnx.save(expand_topology(onnx.load(path)), whole)
        for layer in catalogue(path if external else whole, "--cost-model=none")["layers"]:
            # The largest would only measure memory.
            if layer["choices"] and layer["filter_elements"] < 1 << 25:
                yield layer["layer"]


CHANNELS = [1, 2, 3, 4, 8, 12, 16, 20, 24, 32, 40, 48, 56, 64, 72, 80, 96, 112, 116, 128, 144, 160, 176, 192, 224, 240]
CHANNELS += [256, 288, 320, 384, 448, 480, 512, 576, 640, 672, 768, 960, 1024, 1152, 1280, 1536, 2048]
PLANES = [1, 2, 4, 5, 7, 8, 10, 13, 14, 16, 17, 19, 20, 26, 28, 32, 35, 38, 40, 52, 56, 64, 71, 80, 104, 112, 128, 147]
PLANES += [150, 160, 192, 208, 224, 256, 320]


def _ordinary(rng):
    """3x3 above all, as networks have them, but any odd kernel, stride and dilation, now and then not square."""
    channels, filters = rng.choice(CHANNELS), rng.choice(CHANNELS[4:])
    height = rng.choice(PLANES)
    width = height if rng.random() < 0.85 else rng.choice(PLANES)
    kernel = rng.choice([(3, 3)] * 8 + [(5, 5)] * 2 + [(7, 7), (2, 2), (1, 7), (7, 1), (1, 3), (3, 1), (4, 4)])
    stride = rng.choice([1] * 5 + [2] * 2)
    dilation = rng.choice([1] * 9 + [2, 4]) if kernel == (3, 3) and stride == 1 else 1
    tall, wide = (((k - 1) * dilation) // 2 for k in kernel)
    pads = (tall, tall, wide, wide) if rng.random() < 0.9 else (0, 0, 0, 0)
    return Layer(1, 1, channels, filters, height, width, kernel, (stride,) * 2, (dilation,) * 2, pads)


def _pointwise(rng):
    height = rng.choice(PLANES)
    width = height if rng.random() < 0.85 else rng.choice(PLANES)
    stride = 2 if rng.random() < 0.15 else 1
    return Layer(1, 1, rng.choice(CHANNELS), rng.choice(CHANNELS[4:]), height, width, strides=(stride,) * 2)


def _depthwise(rng):
    size, kernel = rng.choice(PLANES), rng.choice([3, 3, 3, 5, 5, 7])
    stride = 2 if rng.random() < 0.3 else 1
    dilation = 2 if stride == 1 and rng.random() < 0.1 else 1
    return Layer(
        1, rng.choice(CHANNELS[4:]), 1, 1, size, size, (kernel,) * 2, (stride,) * 2, (dilation,) * 2,
        _same(kernel, dilation),
    )  # fmt: skip


def _grouped(rng):
    groups = rng.choice([2, 3, 4, 8, 16, 32])
    channels, filters = rng.choice([4, 8, 16, 24, 32, 64]), rng.choice([4, 8, 16, 24, 32, 64])
    size, kernel = rng.choice(PLANES), rng.choice([1, 3, 3, 3, 5])
    stride = 2 if rng.random() < 0.25 else 1
    return Layer(1, groups, channels, filters, size, size, (kernel,) * 2, (stride,) * 2, (1, 1), _same(kernel))


def _unusual(rng):
    """Large filters, strided ones and large dilations, as networks for pose or segmentation have them."""
    channels = rng.choice([1, 3, 16, 32, 48, 64, 96, 128, 256])
    filters = rng.choice([3, 16, 24, 32, 64, 96, 128, 192, 256])
    size = rng.choice(PLANES[6:])
    what = rng.choice(["large", "large", "strided", "strided", "dilated"])
    if what == "dilated":
        size, dilation = rng.choice([26, 28, 33, 38, 52, 65]), rng.choice([4, 6, 12, 18, 24])
        return Layer(1, 1, channels * 4, filters, size, size, (3, 3), (1, 1), (dilation,) * 2, (dilation,) * 4)
    kernel = rng.choice([5, 5, 6, 7, 7, 9, 9, 11, 13, 15] if what == "large" else [3, 3, 3, 5, 7, 7, 11])
    stride = 1 if what == "large" else 4 if kernel == 11 else 2
    return Layer(1, 1, channels, filters, size, size, (kernel,) * 2, (stride,) * 2, (1, 1), _same(kernel))


def _rare_depthwise(rng):
    """Any shape of filter, image and batch: sound, text and the large filters of newer networks too."""
    kernel = rng.choice([(3, 3)] * 5 + [(5, 5)] * 3 + [(7, 7)] * 2 + [(9, 9), (2, 2), (1, 3), (1, 7), (1, 31), (3, 1)])
    height = 1 if kernel[0] == 1 else rng.choice(PLANES)
    width = rng.choice([100, 250, 500, 1600]) if height == 1 else height if rng.random() < 0.8 else rng.choice(PLANES)
    stride = 2 if kernel[0] > 1 and rng.random() < 0.35 else 1
    dilation = rng.choice([2, 4]) if stride == 1 and rng.random() < 0.15 else 1
    tall, wide = (((k - 1) * dilation) // 2 for k in kernel)
    # The padding of stride 2 stands before or behind.
    pads = (tall, tall - (stride > 1 and rng.random() < 0.4), wide, wide - (stride > 1 and rng.random() < 0.4))
    return Layer(
        rng.choice([1] * 6 + [4, 8]), rng.choice(CHANNELS[4:]), 1, 1, height, width, kernel, (stride,) * 2,
        (dilation,) * 2, tuple(max(0, pad) for pad in pads),
    )  # fmt: skip


def _product(rng):
    """Fully connected, or on few pixels, of one or more images."""
    size = rng.choice([1, 1, 1, 2, 4, 7])
    batch, channels = rng.choice([1, 2, 4, 8, 16]), rng.choice(CHANNELS)
    return Layer(batch, 1, channels, rng.choice([*CHANNELS[4:], 10, 1000]), size, size)


def _square(rng):
    """Stride 1, of the sizes that fast algorithms but for 3x3 have."""
    kernel = rng.choice([(5, 5)] * 4 + [(4, 4), (7, 7), (7, 7), (2, 2), (6, 6), (1, 5), (1, 7), (7, 1), (3, 1), (1, 3)])
    height = rng.choice(PLANES)
    width = height if rng.random() < 0.7 else rng.choice(PLANES)
    tall, wide = (k // 2 for k in kernel)
    return Layer(
        rng.choice([1] * 6 + [4]), 1, rng.choice(CHANNELS), rng.choice(CHANNELS[4:]), height, width, kernel,
        pads=(tall, tall, wide, wide),
    )  # fmt: skip


def _work(layer):
    """Multiply-adds, and floats moved; negative where the kernel does not fit."""
    out = 1
    for i, size in enumerate((layer.height, layer.width)):
        room = size + sum(layer.pads[2 * i : 2 * i + 2]) - (layer.kernel[i] - 1) * layer.dilations[i] - 1
        out *= room // layer.strides[i] + 1 if room >= 0 else -(10**9)
    filters = layer.groups * layer.filters * layer.channels * layer.kernel[0] * layer.kernel[1]
    image = layer.groups * (layer.channels * layer.height * layer.width + layer.filters * out)
    return filters * out, filters + image


ORDINARY = [_ordinary] * 5 + [_pointwise] * 3 + [_depthwise] * 2 + [_grouped]


# Of what networks have few layers, so that it would be learnt of few.
RARE = [_rare_depthwise] * 4 + [_grouped] * 2 + [_product] * 2 + [_square] * 3


# Multiply-adds of a layer that is worth its time: above, only the plane grows.
LARGEST = 1_500_000_000


def multiply_adds(layer):
    """Of the whole layer; negative where the kernel does not fit."""
    return _work(layer)[0]


def generated_layers(seed=1, kinds=ORDINARY, most=LARGEST):
    """Distinct layers without end, of a size that networks have; the same every time."""
    rng = random.Random(seed)
    while True:
        layer = rng.choice(kinds)(rng)
        products, floats = _work(layer)
        if 20_000 <= products <= most and floats <= 12_000_000:
            yield layer


def _add(layers, others, count):
    """Add to the lines `layers` as many of the others, each once."""
    wanted = len(layers) + count
    for layer in others:
        if len(layers) >= wanted:
            break
        layers.setdefault(str(layer))


def main():
    """Print the layers of the models that are named and as many others as asked for."""
    parser = argparse.ArgumentParser(prog="convopt.layers", description=__doc__)
    parser.add_argument("models", nargs="*", metavar="MODEL.onnx")
    parser.add_argument("--generated", type=int, default=0, metavar="N")
    parser.add_argument("--unusual", type=int, default=0, metavar="N", help="large, strided and dilated filters")
    parser.add_argument("--rare", type=int, default=0, metavar="N", help="of kinds that networks have few layers of")
    parser.add_argument("--architectures", action="store_true", help="networks without a file: convopt.architectures")
    parser.add_argument("--shuffle", action="store_true", help="a part of the list is then like all of it")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    layers = {}
    for path in options.models:
        for layer in model_layers(path):
            layers.setdefault(layer)
    if options.architectures:
        from convopt.architectures import architecture_layers

        for layer in architecture_layers():
            if multiply_adds(layer) <= LARGEST:
                layers.setdefault(str(layer))
    _add(layers, generated_layers(options.seed), options.generated)
    _add(layers, generated_layers(options.seed, [_unusual], 4_000_000_000), options.unusual)
    _add(layers, generated_layers(options.seed, RARE), options.rare)
    layers = list(layers)
    if options.shuffle:
        random.Random(options.seed).shuffle(layers)
    for layer in layers:
        print(layer)


if __name__ == "__main__":
    main()
