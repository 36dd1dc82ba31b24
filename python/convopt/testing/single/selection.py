"""What selects, or writes to places, that are data."""

import numpy as np

from convopt.testing.single import Draw, draws


@draws("NonMaxSuppression")
def suppress(d: Draw):
    """Boxes by corners or centres; limits that are known, or only bounded."""
    batch, classes, count = d.integer(1, 2), d.integer(1, 3), d.integer(1, 30)
    corner = d.random.uniform(0, 20, (batch, count, 2))
    d.input(np.concatenate([corner, corner + d.random.uniform(1, 15, corner.shape)], -1).astype(np.float32), 0)
    d.input(d.random.uniform(0, 1, (batch, classes, count)).astype(np.float32), 0)
    numbers = (np.int64([d.integer(0, 12)]), np.float32([d.random.uniform(0, 1)]), np.float32([d.random.uniform(0, 1)]))
    for number in numbers[: d.integer(1, 3)]:
        d.input(number, 0.7)
    return d.case(center_point_box=d.integer(0, 1))


@draws("NonZero")
def non_zero(d: Draw):
    """Of any type."""
    shape = d.shape(1, 4, 5)
    d.input((d.random.random(shape) < d.random.random()).astype(d.choose([np.float32, np.int32, np.int64, bool])), 0)
    return d.case()


@draws("Compress")
def compress(d: Draw):
    """Along an axis or flat; conditions that are shorter."""
    shape = d.shape(1, 4, 5)
    axis = d.choose([None, *range(len(shape))])
    d.input(d.real(*shape), 0)
    length = int(np.prod(shape)) if axis is None else shape[axis]
    d.input(d.random.random(d.integer(1, length)) < 0.5, 0.2)
    return d.case(axis=axis)


@draws("Unique")
def unique(d: Draw):
    """Elements or slices, sorted or as they come."""
    shape = d.shape(1, 3, 5)
    d.input(d.random.integers(0, 3, shape).astype(d.choose([np.float32, np.int64, np.int8])), 0)
    return d.case(4, sorted=d.integer(0, 1), axis=d.choose([None, *range(-len(shape), len(shape))]))


def _reduction(d: Draw) -> str | None:
    since = {"none": 11, "add": 16, "mul": 16, "min": 18, "max": 18}
    return d.choose([name for name in since if since[name] <= d.opset]) if d.opset >= 16 else None


@draws("Scatter", "ScatterElements")
def scatter(d: Draw):
    """Sums where places coincide; else each is written once."""
    shape = d.shape(1, 3, 5)
    axis, reduction = d.integer(0, len(shape) - 1), _reduction(d)
    places = np.argsort(d.random.random(shape), axis=axis)
    places = places[tuple(slice(d.integer(1, extent)) for extent in shape)]
    if reduction not in (None, "none"):
        places = d.random.integers(0, shape[axis], places.shape)
    if d.opset >= 11:
        places = np.where(d.random.random(places.shape) < 0.3, places - shape[axis], places)
    d.input(d.real(*shape), 0.2)
    d.input(places.astype(d.choose([np.int32, np.int64])), 0.4)
    d.input(d.real(*places.shape), 0.2)
    return d.case(axis=axis, reduction=reduction)


@draws("ScatterND")
def scatter_nd(d: Draw):
    """Elements or parts."""
    shape = d.shape(1, 4, 4)
    depth, reduction = d.integer(1, len(shape)), _reduction(d)
    every = np.stack(np.unravel_index(d.random.permutation(int(np.prod(shape[:depth]))), shape[:depth]), -1)
    places = every[: d.integer(1, len(every))]
    if reduction not in (None, "none"):
        places = places[d.random.integers(0, len(places), len(places) + 2)]
    if len(places) % 2 == 0 and d.chance(0.5):
        places = places.reshape(2, -1, depth)
    d.input(d.real(*shape), 0.2)
    d.input(places.astype(np.int64), 0.4)
    d.input(d.real(*places.shape[:-1], *shape[depth:]), 0.2)
    return d.case(reduction=reduction)


@draws("MaxUnpool")
def unpool(d: Draw):
    """Of one to three dimensions, padded."""
    rank = d.integer(1, 3)
    kernel, strides = ([d.integer(low, 3) for _ in range(rank)] for low in (1, 1))
    shape = (d.integer(1, 2), d.integer(1, 3), *(d.integer(1, 4) for _ in range(rank)))
    extents = [(n - 1) * s + k for n, s, k in zip(shape[2:], strides, kernel, strict=True)]
    places = d.random.permutation(int(np.prod([*shape[:2], *extents])))[: int(np.prod(shape))]
    d.input(d.real(*shape), 0)
    d.input(places.reshape(shape).astype(np.int64), 0.3)
    return d.case(kernel_shape=kernel, strides=strides if max(strides) > 1 or d.chance(0.5) else [1] * rank)
