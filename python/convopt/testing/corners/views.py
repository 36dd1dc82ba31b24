"""Another shape of the same elements, or a shape itself."""

import numpy as np
from onnx import numpy_helper

from convopt.testing.corners import ALWAYS_SCALAR, AXIS, NO_BATCH, RANK, Known, given, numbers, whole


def _constant(array) -> dict:
    return given(value=numpy_helper.from_array(np.asarray(array, np.float32)))


def rows():
    """The rows of this family."""
    yield (
        "Reshape",
        {
            "batch": [given(numbers(0, 3), Known([0, 3, 1])), given(numbers(0, 2, 3), Known([0, 6]))],
            "empty": given(numbers(2, 0), Known([0, 5]), allowzero=1),
            "scalar": [given(numbers(), Known([1, -1])), given(numbers(1, 1), Known([]))],
        },
    )
    yield (
        "Flatten",
        {
            "batch": given(numbers(0, 2, 3), judge=[numbers(0, 6)]),
            "empty": given(numbers(2, 3, 0), axis=2),
            "scalar": given(numbers(), axis=0),
        },
    )
    yield (
        "Squeeze",
        {
            "batch": given(numbers(0, 1, 3), Known([1])),
            "empty": given(numbers(1, 0, 1)),
            "scalar": [given(numbers()), given(numbers(1), Known([0]))],
        },
    )
    yield (
        "Unsqueeze",
        {
            "batch": given(numbers(0, 3), Known([1])),
            "empty": given(numbers(2, 0), Known([-1])),
            "scalar": given(numbers(), Known([0, 1])),
        },
    )
    yield (
        "Transpose",
        {"batch": given(numbers(0, 2)), "empty": given(numbers(2, 0, 3), perm=[2, 0, 1]), "scalar": given(numbers())},
    )
    yield (
        "Expand",
        {
            "batch": given(numbers(0, 1), Known([0, 3])),
            "empty": given(numbers(2, 1), Known([2, 0])),
            "scalar": [given(numbers(), Known([])), given(numbers(), Known([2, 3]))],
        },
    )
    yield "Shape", {"batch": given(numbers(0, 3)), "empty": given(numbers(2, 0)), "scalar": given(numbers())}
    yield "Size", {"batch": given(numbers(0, 3)), "empty": given(numbers(2, 0)), "scalar": given(numbers())}
    for name, images in (
        ("DepthToSpace", (numbers(0, 4, 2, 2), numbers(1, 4, 0, 2))),
        ("SpaceToDepth", (numbers(0, 1, 4, 4), numbers(1, 1, 0, 4))),
    ):
        yield (
            name,
            {"batch": given(images[0], blocksize=2), "empty": given(images[1], blocksize=2), "scalar": RANK},
        )
    yield (
        "Constant",
        {"batch": _constant(np.ones((0, 3))), "empty": _constant(np.ones((2, 0))), "scalar": _constant(0.5)},
    )
    yield "ConstantOfShape", {"batch": given(Known([0, 3])), "empty": given(Known([2, 0])), "scalar": given(Known([]))}
    yield "EyeLike", {"batch": given(numbers(0, 3)), "empty": given(numbers(2, 0)), "scalar": RANK}
    yield (
        "Range",
        {
            "batch": NO_BATCH,
            "empty": [given(Known(3), Known(3), Known(1)), given(Known(3), Known(5), Known(-1))],
            "scalar": given(Known(1), Known(4), Known(2)),
        },
    )
    for name in ("BlackmanWindow", "HammingWindow", "HannWindow"):
        yield name, {"batch": NO_BATCH, "empty": "has a sample at least", "scalar": given(Known(5))}
    yield (
        "MelWeightMatrix",
        {
            "batch": NO_BATCH,
            "empty": ALWAYS_SCALAR,
            "scalar": given(*map(Known, (3, 16, 8000)), Known(20, np.float32), Known(3000, np.float32)),
        },
    )
    yield (
        "OneHot",
        {
            "batch": given(whole(0, 3), Known(4), Known([0, 1], np.float32)),
            "empty": given(whole(2, 0), Known(4), Known([0, 1], np.float32), axis=0),
            "scalar": "its indices have an axis at least",
        },
    )
    yield "Trilu", {"batch": given(numbers(0, 3, 3)), "empty": given(numbers(2, 3, 0), Known(1)), "scalar": AXIS}
