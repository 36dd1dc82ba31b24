"""Pooling: by windows of every form, and globally."""

from convopt.testing.growth import Growth
from convopt.testing.operators import grows
from convopt.testing.operators.images import image, window


def _rounded(g: Growth, attributes: dict) -> dict:
    # With auto_pad ONNX Runtime and the shape inference of ONNX differ on what ceil_mode means.
    if "auto_pad" not in attributes and g.chance(0.3):
        attributes["ceil_mode"] = 1
    return attributes


@grows(3)
def largest(g: Growth):
    """MaxPool, at times with the indices."""
    x = image(g)
    attributes = _rounded(g, window(g, x, 3))
    return g.add("MaxPool", x, outputs=2 if g.chance(0.1) else 1, **attributes)


@grows(3)
def average(g: Growth):
    """AveragePool."""
    x = image(g)
    attributes = _rounded(g, window(g, x, 3, dilated=g.opset >= 19))
    # ONNX Runtime does not count the padding of the last window, nor of dilated windows, as the standard does.
    counts = g.integer(0, 1) if "ceil_mode" not in attributes else 0
    if max(attributes.get("dilations", [1])) > 1:
        counts = 0
    return g.add("AveragePool", x, count_include_pad=counts, **attributes)


@grows(0.5)
def norm(g: Growth):
    """LpPool."""
    x = image(g)
    return g.add("LpPool", x, p=g.integer(1, 2), **window(g, x, 3, dilated=g.opset >= 18))


@grows(2)
def over_all(g: Growth):
    """GlobalAveragePool, GlobalMaxPool, GlobalLpPool."""
    operator = g.choose(["GlobalAveragePool", "GlobalAveragePool", "GlobalMaxPool", "GlobalLpPool"])
    return g.add(operator, image(g))
