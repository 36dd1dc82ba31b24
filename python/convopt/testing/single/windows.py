"""Convolutions and poolings."""

from convopt.testing.single import Draw, draws


def _window(d: Draw, rank: int, extents, dilated: bool = True, reach: int = 3) -> dict:
    """Kernel, strides, dilations and padding that leave something of an image."""
    kernel = [d.integer(1, reach) for _ in range(rank)]
    given = {"kernel_shape": kernel}
    if d.chance(0.6):
        given["strides"] = [d.integer(1, 3) for _ in range(rank)]
    if dilated and d.chance(0.3):
        given["dilations"] = [d.integer(1, 2) for _ in range(rank)]
    if d.chance(0.3):
        given["auto_pad"] = d.choose(["SAME_UPPER", "SAME_LOWER", "VALID"])
    elif d.chance(0.6):
        given["pads"] = [d.integer(0, max(0, extent - 1)) for extent in kernel * 2]
    if given.get("auto_pad", "").startswith("SAME"):
        # Engines differ in what SAME means of dilated windows.
        given.pop("dilations", None)
    return given


def _image(d: Draw, channels: int | None = None, low: int = 6) -> tuple:
    rank = d.choose([1, 2, 2, 2, 3])
    return (d.integer(1, 2), channels or d.integer(1, 4), *(d.integer(low, 9) for _ in range(rank)))


@draws("Conv")
def conv(d: Draw):
    """Of one to three dimensions, in groups."""
    group, inner, outer = d.choose([1, 1, 2, 3]), d.integer(1, 3), d.integer(1, 3)
    shape = _image(d, group * inner)
    given = _window(d, len(shape) - 2, shape[2:])
    d.input(d.real(*shape), 0)
    d.input(d.real(group * outer, inner, *given["kernel_shape"]), 0.8)
    if d.chance(0.5):
        d.input(d.real(group * outer), 0.8)
    if d.chance(0.3):
        del given["kernel_shape"]
    return d.case(group=group if group > 1 else None, **given)


@draws("ConvTranspose")
def conv_transpose(d: Draw):
    """Padded, in groups, to a given shape."""
    group, inner, outer = d.choose([1, 1, 2]), d.integer(1, 3), d.integer(1, 3)
    shape = _image(d, group * inner, low=3)
    rank = len(shape) - 2
    given = _window(d, rank, shape[2:])
    if "auto_pad" in given:
        # ONNX Runtime leaves what no window reaches out.
        given["strides"] = [
            min(pair) for pair in zip(given.get("strides", [1] * rank), given["kernel_shape"], strict=True)
        ]
    elif d.chance(0.3) and "strides" in given:
        given["output_padding"] = [d.integer(0, stride - 1) for stride in given["strides"]]
    d.input(d.real(*shape), 0)
    d.input(d.real(group * inner, outer, *given["kernel_shape"]), 0.8)
    if d.chance(0.5):
        d.input(d.real(group * outer), 0.8)
    return d.case(group=group if group > 1 else None, **given)


@draws("MaxPool", "AveragePool", "LpPool")
def pool(d: Draw):
    """With every kind of padding."""
    shape = _image(d)
    dilated = d.opset >= {"MaxPool": 10, "AveragePool": 19, "LpPool": 18}[d.operator]
    given = _window(d, len(shape) - 2, shape[2:], dilated)
    if d.operator == "AveragePool" and d.chance(0.4):
        given["count_include_pad"] = 1
    # Of VALID the standard says a size that does not depend on ceil_mode, ONNX Runtime and the evaluator say another.
    ceil = d.opset >= {"MaxPool": 10, "AveragePool": 10, "LpPool": 18}[d.operator] and d.chance(0.3)
    if ceil and given.get("auto_pad") != "VALID":
        given["ceil_mode"] = 1
    if d.operator == "LpPool":
        given["p"] = d.integer(1, 3)
    d.input(d.real(*shape), 0)
    return d.case(**given)


@draws("GlobalAveragePool", "GlobalMaxPool", "GlobalLpPool")
def global_pool(d: Draw):
    """Over the whole image."""
    d.input(d.real(*_image(d)), 0)
    return d.case(p=d.integer(1, 3) if d.operator == "GlobalLpPool" else None)


@draws("DepthToSpace", "SpaceToDepth")
def blocks(d: Draw):
    """Blocks of 2 or 3."""
    size = d.integer(2, 3)
    small, times = (d.integer(1, 2), d.integer(1, 2), d.integer(1, 3), d.integer(1, 3)), (1, size * size, 1, 1)
    if d.operator == "SpaceToDepth":
        times = (1, 1, size, size)
    d.input(d.real(*(a * b for a, b in zip(small, times, strict=True))), 0)
    mode = d.choose(["DCR", "CRD"]) if d.operator == "DepthToSpace" and d.opset >= 11 else None
    return d.case(blocksize=size, mode=mode)
