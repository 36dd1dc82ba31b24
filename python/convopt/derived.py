"""What a table of others leaves to be computed of its columns: for trees, which neither multiply nor divide.

Where the columns are the sizes of a square convolution (filters k, channels c, image im, stride s, filter f) these are
its multiply-adds, bytes and what is cut off at register tiles; of any other sizes the ratios and products of pairs and
what rounding up to a tile adds.
"""

import itertools

import numpy as np

NAMES = {
    "k": {"k", "kernels", "filters", "out_channels", "output_channels", "num_filters"},
    "c": {"c", "channels", "in_channels", "input_channels"},
    "im": {"im", "image", "image_size", "input_size", "in_size", "size", "h", "w", "height", "width"},
    "s": {"s", "stride", "strides"},
    "f": {"f", "filter", "filter_size", "kernel_size", "kernel", "r"},
}
# Beyond so many columns the pairs would be more than there is to learn from.
MOST_PAIRED = 8


def recognise(names):
    """{"k": name, ...} of the columns that are the sizes of a convolution; nothing unless all five are there."""
    found = {}
    for size, words in NAMES.items():
        of = [name for name in names if name.lower().strip() in words]
        if of:
            found[size] = of[0]
    return found if len(found) == len(NAMES) else {}


def _padding(values, tile):
    """By what factor whole tiles are more than `values`."""
    return np.ceil(values / tile) * tile / np.maximum(values, 1e-12)


def _sizes(columns, numeric):
    """The columns that are counts, by name, and with them the image of the result if it is known."""
    sizes = {name: columns[name] for name in numeric if (columns[name] > 0).all()}
    known = recognise(numeric)
    if known and all(name in sizes for name in known.values()):
        sizes["out"] = np.ceil(columns[known["im"]] / columns[known["s"]])
    return sizes, known


def tree_columns(columns, numeric):
    """A matrix of derived features; `columns` has an array for each name, `numeric` the names that are numbers."""
    sizes, known = _sizes(columns, numeric)
    parts = []
    if "out" in sizes:
        k, c, im, f = (columns[known[name]] for name in ("k", "c", "im", "f"))
        out = sizes["out"]
        parts += [k * c * (out * f) ** 2, c * im**2, k * out**2, k * c * f**2, c * f**2, out, out**2]
        parts += [k * out**2 * c * f**2 / (c * im**2 + k * out**2 + k * c * f**2)]
        parts += [_padding(x, tile) for x in (k, c, out, out**2) for tile in (2, 3, 4, 6, 8, 16)]
    else:
        parts += [_padding(x, tile) for x in sizes.values() if (x == np.round(x)).all() for tile in (4, 8, 16)]
    if len(sizes) <= MOST_PAIRED:
        pairs = list(itertools.combinations(sizes.values(), 2))
        parts += [a / b for a, b in pairs] + [a * b for a, b in pairs]
    if sizes:
        parts.append(np.sum([np.log(x) for x in sizes.values()], axis=0))
    rows = len(next(iter(columns.values())))
    return np.stack(parts, axis=1) if parts else np.zeros((rows, 0))


def smooth_columns(columns, numeric, padded):
    """Coordinates in which times are smooth: logarithms of sizes, and of their rounding up to tiles if `padded`."""
    sizes, known = _sizes(columns, numeric)
    parts = [np.log(sizes[name]) if name in sizes else columns[name] for name in numeric]
    if padded:
        counts = {known[n] for n in ("k", "c")} if "out" in sizes else set(sizes)
        parts += [np.log(_padding(sizes[name], tile)) for name in sorted(counts) for tile in (8, 16)]
        parts += [np.log(_padding(sizes["out"], tile)) for tile in (3, 8)] if "out" in sizes else []
    return np.nan_to_num(np.stack(parts, axis=1))
