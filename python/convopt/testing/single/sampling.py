"""What reads at coordinates that are data."""

import numpy as np

from convopt.testing.single import Draw, draws


@draws("GridSample")
def grid_sample(d: Draw):
    """Images and volumes, inside and outside, but on no border, where rounding decides."""
    rank = 2 if d.opset < 20 else d.choose([2, 2, 3])
    names = ["bilinear", "nearest", "bicubic"] if d.opset < 20 else ["linear", "nearest", "cubic"]
    # In volumes no reference has cubics.
    mode = d.choose(names[: 3 if rank == 2 else 2])
    d.input(d.real(d.integer(1, 2), d.integer(1, 3), *(d.integer(2, 6) for _ in range(rank))), 0)
    shape = next(iter(d.inputs.values())).shape
    places = d.random.uniform(-1.6, 1.6, (shape[0], *(d.integer(1, 5) for _ in range(rank)), rank))
    d.input(places.astype(np.float32), 0.2)
    # Until opset 20 only ONNX Runtime has cubics, and it moves both coordinates where one is outside.
    padding = "zeros" if mode == "bicubic" else d.choose(["zeros", "border", "reflection"])
    return d.case(mode=mode, padding_mode=padding, align_corners=d.integer(0, 1), tolerance=1e-3)


@draws("RoiAlign")
def roi_align(d: Draw):
    """Sampling ratios, modes, both conventions of coordinates."""
    batch, count = d.integer(1, 2), d.integer(1, 5)
    corner = d.random.uniform(-1, 8, (count, 2))
    d.input(d.real(batch, d.integer(1, 3), d.integer(3, 9), d.integer(3, 9)), 0)
    d.input(np.concatenate([corner, corner + d.random.uniform(1, 8, (count, 2))], 1).astype(np.float32), 0.2)
    d.input(d.random.integers(0, batch, count).astype(np.int64), 0.3)
    kind = d.choose(["half_pixel", "output_half_pixel"]) if d.opset >= 16 else None
    return d.case(
        coordinate_transformation_mode=kind,
        mode=d.choose(["avg", "max"]) if d.opset >= 16 else "avg",
        output_height=d.integer(1, 4),
        output_width=d.integer(1, 4),
        sampling_ratio=d.integer(0, 3),
        spatial_scale=d.choose([1.0, 0.5]),
        tolerance=1e-3,
    )


@draws("MaxRoiPool")
def max_roi_pool(d: Draw):
    """Boxes inside of the image and beyond it."""
    batch, count = d.integer(1, 2), d.integer(1, 5)
    corner = d.random.integers(0, 6, (count, 2))
    boxes = np.concatenate([d.random.integers(0, batch, (count, 1)), corner, corner + d.random.integers(0, 9)], 1)
    d.input(d.real(batch, d.integer(1, 3), d.integer(3, 9), d.integer(3, 9)), 0)
    d.input(boxes.astype(np.float32), 0.2)
    return d.case(pooled_shape=[d.integer(1, 3), d.integer(1, 3)], spatial_scale=d.choose([None, 0.5]))


@draws("DeformConv")
def deform_conv(d: Draw):
    """In groups, with and without mask and bias."""
    group, offsets = d.choose([1, 1, 2]), d.choose([1, 1, 2])
    channels, filters = 2 * d.integer(1, 2), group * d.integer(1, 2)
    kernel, strides, dilations = ([d.integer(1, most) for _ in range(2)] for most in (3, 2, 2))
    pads = [d.integer(0, 1) for _ in range(4)]
    extents = [d.integer(5, 8) for _ in range(2)]
    sizes = [
        (n + pads[i] + pads[i + 2] - dilations[i] * (kernel[i] - 1) - 1) // strides[i] + 1
        for i, n in enumerate(extents)
    ]
    batch, places = d.integer(1, 2), offsets * kernel[0] * kernel[1]
    d.input(d.real(batch, channels, *extents), 0)
    d.input(d.real(filters, channels // group, *kernel), 0.8)
    d.input(d.random.uniform(-2, 2, (batch, 2 * places, *sizes)).astype(np.float32), 0)
    if d.chance(0.6):
        d.input(d.real(filters), 0.8)
        if d.chance(0.6):
            d.input(d.random.uniform(0, 1, (batch, places, *sizes)).astype(np.float32), 0)
    return d.case(
        kernel_shape=kernel,
        strides=strides,
        dilations=dilations,
        pads=pads,
        group=group,
        offset_group=offsets,
        tolerance=1e-3,
    )


@draws("AffineGrid")
def affine_grid(d: Draw):
    """Of images and volumes."""
    rank, batch = d.choose([2, 3]), d.integer(1, 3)
    d.input(d.real(batch, rank, rank + 1), 0.2)
    d.constant([batch, d.integer(1, 3), *(d.integer(2, 5) for _ in range(rank))], np.int64)
    return d.case(align_corners=d.integer(0, 1))


@draws("Col2Im")
def col2im(d: Draw):
    """Of one to three dimensions; blocks that overlap are summed."""
    rank = d.integer(1, 3)
    block, strides, dilations = ([d.integer(1, most) for _ in range(rank)] for most in (3, 2, 2))
    pads = [d.integer(0, 1) for _ in range(2 * rank)]
    image = [d.integer(5, 7) for _ in range(rank)]
    blocks = [
        (n + pads[i] + pads[i + rank] - dilations[i] * (block[i] - 1) - 1) // strides[i] + 1
        for i, n in enumerate(image)
    ]
    d.input(d.real(d.integer(1, 2), d.integer(1, 3) * int(np.prod(block)), int(np.prod(blocks))), 0)
    d.constant(image, np.int64)
    d.constant(block, np.int64)
    return d.case(strides=strides, dilations=dilations, pads=pads)
