"""Made-up tables of measured primitives, as others publish them: for tests and to tune the trainer on.

    python -m convopt.testing.tables TABLE.csv [--layers=3000] [--noise=0.01] [--wide]

Times follow an analytic model of a machine: multiply-adds in whole register tiles at a rate that depends on the depth
of the sums, bytes from the cache that holds them, one call's overhead. Its steps are those that real tables have:
channels rounded up to tiles, images to tiles, caches that overflow.
"""

import argparse
import csv
import itertools

import numpy as np

CHANNELS = [1, 3, 16, 24, 32, 40, 48, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 448, 512, 640, 768, 960]
CHANNELS += [1024, 1280, 1536, 2048]
IMAGES = [7, 8, 13, 14, 17, 27, 28, 35, 55, 56, 73, 75, 112, 149, 150, 224]
CACHES = [(32e3, 1.0), (1e6, 0.5), (16e6, 0.2), (np.inf, 0.06)]


def random_layers(count, seed=1):
    """`count` different layers (k, c, im, s, f): filters, channels, image size, stride, filter size."""
    rng, found = np.random.default_rng(seed), {}
    while len(found) < count:
        layer = (
            int(rng.choice(CHANNELS[2:])),
            int(rng.choice(CHANNELS)),
            int(rng.choice(IMAGES)),
            int(rng.choice([1, 2, 4], p=[0.7, 0.25, 0.05])),
            int(rng.choice([1, 3, 5, 7, 9, 11], p=[0.35, 0.4, 0.1, 0.08, 0.03, 0.04])),
        )
        k, c, im, s, f = layer
        if im >= f and k * c * f * f < 2e7 and k * c * (im * f / s) ** 2 < 4e9:
            found[layer] = None
    return np.array(list(found), float)


def primitive_kinds():
    """71 primitives: name, family, tile of channels, tile of pixels, share of peak, parameter of the family."""
    kinds = []
    for family, tiles in (
        ("direct", [(1, 1), (4, 4), (8, 6), (16, 4)]),
        ("im2row", [(4, 8), (8, 8), (16, 6), (16, 14)]),
        ("im2col", [(4, 8), (8, 8), (16, 6), (16, 14)]),
        ("kn2row", [(8, 8), (16, 6)]),
        ("mec", [(8, 8), (16, 6)]),
        ("conv1x1", [(8, 8), (16, 6), (16, 14), (4, 4)]),
    ):
        for (channels, pixels), order in itertools.product(tiles, ("ab", "ba", "abt")):
            kinds.append((f"{family}-{channels}x{pixels}-{order}", family, channels, pixels, order))
    for m, r in ((2, 3), (3, 3), (4, 3), (2, 5), (3, 5), (4, 5)):
        for lanes, one in ((8, True), (16, False)):
            kinds.append((f"winograd-{m}-{r}-v{lanes}", "winograd", lanes, m, (r, one)))
    kinds.append(("fft", "fft", 8, 1, None))
    for lanes in (4, 8, 16):
        kinds.append((f"direct-strided-{lanes}", "direct", lanes, 2, "ba"))
    return kinds[:71]


def _bytes_seconds(moved, among):
    rate = np.select([among <= size for size, _ in CACHES], [rate for _, rate in CACHES])
    return moved / (100e9 * rate)


def seconds_of(kind, layers):
    """Seconds of one primitive for each layer, NaN where it does not support it."""
    _, family, channels, pixels, detail = kind
    k, c, im, s, f = layers.T
    out = np.ceil(im / s)
    whole_k, image, result, weights = np.ceil(k / channels) * channels, 4 * c * im**2, 4 * k * out**2, 4 * k * c * f**2
    supported, flops = np.ones(len(k), bool), 2 * whole_k * c * f**2 * np.ceil(out**2 / pixels) * pixels
    depth, extra = c * f**2, np.zeros(len(k))
    if family in ("im2row", "im2col", "mec"):
        extra = 4 * c * f**2 * out**2 / (f if family == "mec" else 1) * (1.3 if family == "im2col" else 1)
    elif family == "kn2row":
        supported, depth, extra = s == 1, c, 4 * k * im**2 * f**2
    elif family == "conv1x1":
        supported = f == 1
    elif family == "winograd":
        r, one = detail
        tile, tiles = pixels + r - 1, np.ceil(out / pixels)
        products = tiles * tile * out * f if one else tiles**2 * tile**2
        flops = 2 * whole_k * c * products + 8 * tile * products * (c + k)
        supported, depth, extra = (f == r) & (s == 1), c, 8 * products * (c + k)
    elif family == "fft":
        size = 2 ** np.ceil(np.log2(im + f))
        flops = 8 * k * c * size**2 + 30 * size**2 * np.log2(size) * (c + k)
        supported, extra = (s == 1) & (f > 1), 16 * size**2 * (c + k)
    share = {"ab": 0.7, "ba": 0.6, "abt": 0.5}.get(detail, 0.65) * (0.3 + 0.7 * channels / 16) / (1 + 24 / depth)
    among = image + result + weights + extra
    seconds = flops / (100e9 * share) + _bytes_seconds(image + result + weights + 2 * extra, among) + 2e-6
    return np.where(supported, seconds, np.nan)


def make_table(layers, primitives=71, noise=0.01, seed=1):
    """The layers (count x 5), the names of the primitives and the seconds (count x primitives, NaN: unsupported)."""
    kinds, shapes = primitive_kinds(), random_layers(layers, seed)
    chosen = [kinds[i] for i in np.linspace(0, len(kinds) - 1, primitives).astype(int)]
    seconds = np.stack([seconds_of(kind, shapes) for kind in chosen], axis=1)
    return (
        shapes,
        [kind[0] for kind in chosen],
        seconds * np.exp(noise * np.random.default_rng(seed).standard_normal(seconds.shape)),
    )


def write_table(path, shapes, names, seconds, wide=False):
    """As a CSV: k, c, im, s, f and, in long form, primitive and seconds; in wide form a column for each primitive."""
    with open(path, "w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["k", "c", "im", "s", "f", *(names if wide else ["primitive", "seconds"])])
        for shape, times in zip(shapes.astype(int).tolist(), seconds, strict=True):
            cells = ["" if np.isnan(time) else f"{time:.6e}" for time in times]
            if wide:
                rows.writerow([*shape, *cells])
            else:
                rows.writerows([*shape, name, cell] for name, cell in zip(names, cells, strict=True) if cell)


def main():
    """Write one."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("output", metavar="TABLE.csv")
    parser.add_argument("--layers", type=int, default=3000)
    parser.add_argument("--primitives", type=int, default=71)
    parser.add_argument("--noise", type=float, default=0.01)
    parser.add_argument("--wide", action="store_true")
    options = parser.parse_args()
    table = make_table(options.layers, options.primitives, options.noise)
    write_table(options.output, *table, wide=options.wide)


if __name__ == "__main__":
    main()
