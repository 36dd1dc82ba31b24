"""What reads at coordinates, and detections."""

import numpy as np

from convopt.testing.corners import RANK, Known, given, numbers, whole


def rows():
    """The rows of this family."""
    yield (
        "Resize",
        {
            "batch": given(numbers(0, 1, 2, 2), None, None, Known([0, 1, 4, 4]), judge="onnxruntime"),
            "empty": given(numbers(1, 0, 2, 2), None, Known([1, 1, 2, 2], np.float32), judge="onnxruntime"),
            "scalar": "has a scale for every axis, and one at least",
        },
    )
    yield (
        "Upsample",
        {
            "batch": given(numbers(0, 1, 2, 2), Known([1, 1, 2, 2], np.float32), opset=9, judge="onnxruntime"),
            "empty": given(numbers(1, 0, 2, 2), Known([1, 1, 2, 2], np.float32), opset=9, judge="onnxruntime"),
            "scalar": "has a scale for every axis, and one at least",
        },
    )
    yield (
        "GridSample",
        {
            "batch": given(numbers(0, 1, 3, 3), numbers(0, 2, 2, 2), judge=[numbers(0, 1, 2, 2)]),
            "empty": given(numbers(1, 1, 3, 3), numbers(1, 0, 2, 2), judge=[numbers(1, 1, 0, 2)]),
            "scalar": RANK,
        },
    )
    yield (
        "AffineGrid",
        {
            "batch": given(numbers(0, 2, 3), Known([0, 1, 2, 2])),
            "empty": given(numbers(1, 2, 3), Known([1, 1, 0, 3]), judge=[numbers(1, 0, 3, 2)]),
            "scalar": RANK,
        },
    )
    yield (
        "RoiAlign",
        {
            "batch": given(numbers(1, 2, 4, 4), numbers(0, 4), whole(0), output_height=2, output_width=2),
            "empty": given(numbers(1, 0, 4, 4), numbers(1, 4), np.zeros(1, np.int64), output_height=2, output_width=2),
            "scalar": RANK,
        },
    )
    limits = Known(2), Known(0.5, np.float32), Known(0.0, np.float32)
    boxes = np.array([[[0, 0, 1, 1], [0, 0.1, 1, 1.1], [2, 2, 3, 3]]], np.float32)
    yield (
        "NonMaxSuppression",
        {
            "batch": given(numbers(0, 3, 4), numbers(0, 2, 3), *limits, judge="onnxruntime"),
            "empty": given(numbers(1, 0, 4), numbers(1, 2, 0), *limits, judge="onnxruntime"),
            "scalar": given(boxes, numbers(1, 1, 3), *limits, judge="onnxruntime"),
        },
    )
