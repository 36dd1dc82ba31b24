"""Convolutions, poolings and what else moves a window."""

import numpy as np

from convopt.testing.corners import RANK, Known, given, numbers, whole


def _ones(*shape: int, dtype=np.uint8) -> np.ndarray:
    return np.ones(shape, dtype)


def rows():
    """The rows of this family."""
    bias = numbers(4)
    yield (
        "Conv",
        {
            "batch": given(numbers(0, 3, 5, 5), Known(numbers(4, 3, 3, 3), np.float32), bias, judge="onnxruntime"),
            "empty": [
                given(numbers(1, 0, 5, 5), numbers(4, 0, 3, 3), bias, judge="onnxruntime"),
                given(numbers(1, 3, 5, 5), numbers(0, 3, 3, 3), judge="onnxruntime"),
            ],
            "scalar": RANK,
        },
    )
    yield (
        "ConvTranspose",
        {
            "batch": given(numbers(0, 3, 5, 5), numbers(3, 4, 3, 3), bias, judge="onnxruntime"),
            # ONNX Runtime forgets the bias where there are no channels.
            "empty": given(
                numbers(1, 0, 3, 3), numbers(0, 4, 3, 3), bias, judge=[np.tile(bias[:, None, None], (1, 1, 5, 5))]
            ),
            "scalar": RANK,
        },
    )
    yield (
        "ConvInteger",
        {
            "batch": given(_ones(0, 3, 5, 5), _ones(4, 3, 3, 3), judge="onnxruntime"),
            "empty": given(_ones(1, 3, 5, 5), _ones(0, 3, 3, 3), judge=[np.zeros((1, 0, 3, 3), np.int32)]),
            "scalar": RANK,
        },
    )
    scale, zero = Known(0.5, np.float32), Known(0, np.uint8)
    yield (
        "QLinearConv",
        {
            "batch": given(
                _ones(0, 3, 5, 5), scale, zero, _ones(4, 3, 3, 3), scale, zero, scale, zero,
                judge=[np.zeros((0, 4, 3, 3), np.uint8)],
            ),
            "empty": given(
                _ones(1, 3, 5, 5), scale, zero, _ones(0, 3, 3, 3), scale, zero, scale, zero,
                judge=[np.zeros((1, 0, 3, 3), np.uint8)],
            ),
            "scalar": RANK,
        },
    )  # fmt: skip
    yield (
        "DeformConv",
        {
            "batch": given(numbers(0, 2, 5, 5), numbers(2, 2, 3, 3), numbers(0, 18, 3, 3)),
            "empty": given(numbers(1, 2, 5, 5), numbers(0, 2, 3, 3), numbers(1, 18, 3, 3), judge=[numbers(1, 0, 3, 3)]),
            "scalar": RANK,
        },
    )
    for name in ("AveragePool", "MaxPool", "LpPool"):
        yield (
            name,
            {
                "batch": given(numbers(0, 2, 4, 4), kernel_shape=[2, 2], judge="onnxruntime"),
                "empty": given(numbers(1, 0, 4, 4), kernel_shape=[2, 2], judge=[np.zeros((1, 0, 3, 3), np.float32)]),
                "scalar": RANK,
            },
        )
    for name in ("GlobalAveragePool", "GlobalMaxPool", "GlobalLpPool"):
        yield (
            name,
            {
                "batch": given(numbers(0, 2, 4, 4), judge=[np.zeros((0, 2, 1, 1), np.float32)]),
                "empty": given(numbers(1, 0, 4, 4), judge=[np.zeros((1, 0, 1, 1), np.float32)]),
                "scalar": RANK,
            },
        )
    yield (
        "MaxUnpool",
        {
            "batch": given(numbers(0, 1, 2, 2), whole(0, 1, 2, 2), kernel_shape=[2, 2], strides=[2, 2]),
            "empty": given(numbers(1, 0, 2, 2), whole(1, 0, 2, 2), kernel_shape=[2, 2], strides=[2, 2]),
            "scalar": RANK,
        },
    )
    yield (
        "Col2Im",
        {
            "batch": given(numbers(0, 4, 4), Known([3, 3]), Known([2, 2]), judge=[numbers(0, 1, 3, 3)]),
            "empty": given(numbers(1, 0, 4), Known([3, 3]), Known([2, 2]), judge=[numbers(1, 0, 3, 3)]),
            "scalar": RANK,
        },
    )
    yield (
        "MaxRoiPool",
        {
            "batch": given(
                numbers(1, 2, 4, 4), numbers(0, 5), pooled_shape=[2, 2], judge=[np.zeros((0, 2, 2, 2), np.float32)]
            ),
            "empty": given(
                numbers(1, 0, 4, 4), Known([[0, 0, 0, 2, 2]], np.float32), pooled_shape=[2, 2],
                judge=[np.zeros((1, 0, 2, 2), np.float32)],
            ),
            "scalar": RANK,
        },
    )  # fmt: skip
