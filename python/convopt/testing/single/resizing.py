"""Resize and Upsample."""

import numpy as np

from convopt.testing.single import Draw, draws


@draws("Upsample")
def upsample(d: Draw):
    """By whole factors."""
    d.input(d.real(1, d.integer(1, 2), d.integer(2, 5), d.integer(2, 5)), 0)
    scales = [1.0, 1.0, float(d.integer(1, 3)), float(d.integer(1, 3))]
    mode = d.choose(["nearest", "linear"])
    if d.opset < 9:
        return d.case(mode=mode, scales=scales)
    d.constant(scales, np.float32)
    return d.case(mode=mode)


@draws("Resize")
def resize(d: Draw):
    """By scales or to sizes, of some axes, in every mode."""
    height, width = d.integer(2, 7), d.integer(2, 7)
    d.input(d.real(1, d.integer(1, 2), height, width), 0)
    mode = d.choose(["nearest", "linear", "cubic"]) if d.opset >= 11 else d.choose(["nearest", "linear"])
    factors = [d.choose([0.5, 0.6, 1.0, 1.5, 2.0, 2.6, 3.0]) for _ in range(2)]
    if d.opset < 11:
        d.constant([1, 1, *factors], np.float32)
        return d.case(mode=mode)
    some = d.opset >= 18 and d.chance(0.5)
    given = {"axes": d.choose([[2, 3], [-2, -1], [3, 2]])} if some else {}
    if some and given["axes"] == [3, 2]:
        factors = factors[::-1]
    ways = ["half_pixel", "asymmetric", "align_corners", "pytorch_half_pixel"]
    given["coordinate_transformation_mode"] = d.choose(ways + (["half_pixel_symmetric"] if d.opset >= 19 else []))
    if mode == "nearest":
        given["nearest_mode"] = d.choose(["round_prefer_floor", "round_prefer_ceil", "floor", "ceil"])
    elif d.opset >= 18 and d.chance(0.3):
        given["antialias"] = 1
    if mode == "cubic" and d.chance(0.4):
        given["cubic_coeff_a"] = -0.5
    if mode == "cubic" and d.chance(0.3):
        given["exclude_outside"] = 1
    if d.opset >= 13:
        d.none()
    else:
        d.constant([0] * 4 + [1] * 4, np.float32)
    if d.chance(0.6):
        d.constant(factors if some else [1, 1, *factors], np.float32)
        return d.case(mode=mode, **given)
    if d.opset >= 13:
        d.none()
    else:
        d.constant([], np.float32)
    order = (width, height) if some and given["axes"] == [3, 2] else (height, width)
    sizes = [max(1, int(extent * factor)) for extent, factor in zip(order, factors, strict=True)]
    channels = next(iter(d.inputs.values())).shape[1]
    d.constant(sizes if some else [1, channels, *sizes], np.int64)
    # ONNX Runtime crashes on axes from the end with a policy.
    if d.opset >= 18 and some and min(given["axes"]) > 0 and d.chance(0.5):
        given["keep_aspect_ratio_policy"] = d.choose(["not_larger", "not_smaller"])
    return d.case(mode=mode, **given)
