"""What cuts, joins, pads, picks and writes to places."""

import numpy as np

from convopt.testing.corners import AXIS, RANK, Known, given, numbers, whole


def rows():
    """The rows of this family."""
    yield (
        "Concat",
        {
            "batch": given(numbers(0, 2), numbers(0, 3), axis=1),
            "empty": [given(numbers(2, 0), numbers(2, 3), axis=1), given(numbers(2, 0), numbers(3, 0), axis=0)],
            "scalar": AXIS,
        },
    )
    yield (
        "Split",
        {
            "batch": given(numbers(0, 4), outputs=2, axis=1, num_outputs=2),
            "empty": [
                given(numbers(2, 4), Known([0, 4]), outputs=2, axis=1),
                given(numbers(2, 0), Known([0, 0]), outputs=2, axis=1),
            ],
            "scalar": AXIS,
        },
    )
    yield (
        "Slice",
        {
            "batch": given(numbers(0, 4), Known([1]), Known([3]), Known([1])),
            "empty": [
                given(numbers(2, 4), Known([3]), Known([3]), Known([1])),
                given(numbers(2, 0), Known([-1]), Known([-5]), Known([1]), Known([-1])),
            ],
            "scalar": AXIS,
        },
    )
    yield (
        "Pad",
        {
            "batch": given(numbers(0, 3), Known([0, 1, 0, 1])),
            "empty": given(numbers(2, 0), Known([0, 1, 0, 2]), Known(0.5, np.float32)),
            "scalar": given(numbers(), Known([]), judge=[numbers()]),
        },
    )
    yield (
        "CenterCropPad",
        {"batch": given(numbers(0, 4), Known([0, 2])), "empty": given(numbers(2, 0), Known([2, 3])), "scalar": AXIS},
    )
    yield (
        "Tile",
        {
            "batch": given(numbers(0, 2), Known([1, 2])),
            "empty": [given(numbers(2, 0), Known([2, 3])), given(numbers(2, 3), Known([2, 0]))],
            "scalar": given(numbers(), Known([])),
        },
    )
    yield (
        "Gather",
        {
            "batch": given(numbers(0, 3), Known([2, 0]), axis=1),
            "empty": [
                given(numbers(2, 3), whole(0), judge="onnxruntime"),
                given(numbers(2, 3), whole(0, 2), axis=1, judge="onnxruntime"),
            ],
            "scalar": [given(numbers(3), np.int64(1)), given(numbers(2, 3), Known(-1), axis=1)],
        },
    )
    yield (
        "GatherElements",
        {
            "batch": given(numbers(0, 3), whole(0, 2), axis=1, judge="onnxruntime"),
            "empty": given(numbers(2, 3), whole(2, 0), axis=1, judge="onnxruntime"),
            "scalar": AXIS,
        },
    )
    yield (
        "GatherND",
        {
            "batch": given(numbers(0, 3), whole(0, 1), batch_dims=1, judge=[numbers(0)]),
            "empty": given(numbers(2, 3), whole(0, 1)),
            "scalar": given(numbers(3), whole(1)),
        },
    )
    for name, opset in (("Scatter", 10), ("ScatterElements", 23)):
        yield (
            name,
            {
                # The evaluator has no Scatter.
                "batch": given(numbers(0, 3), whole(0, 2), numbers(0, 2), axis=1, opset=opset, judge="onnxruntime"),
                "empty": given(numbers(2, 3), whole(0, 3), numbers(0, 3), opset=opset, judge="onnxruntime"),
                "scalar": AXIS,
            },
        )
    yield (
        "ScatterND",
        {
            "batch": given(numbers(0, 3), whole(0, 1), numbers(0, 3)),
            "empty": given(numbers(2, 3), whole(0, 1), numbers(0, 3)),
            "scalar": given(numbers(3), whole(1), numbers()),
        },
    )
    yield (
        "TensorScatter",
        {
            "batch": given(numbers(0, 4, 2), numbers(0, 1, 2), whole(0), opset=24),
            "empty": given(numbers(1, 4, 2), numbers(1, 0, 2), whole(1), opset=24),
            "scalar": RANK,
        },
    )
    yield (
        "ReverseSequence",
        {
            "batch": given(numbers(3, 0), whole(0)),
            "empty": given(numbers(3, 2, 0), whole(2)),
            "scalar": RANK,
        },
    )
    yield (
        "Compress",
        {
            "batch": given(numbers(0, 3), np.array([True, False, True]), axis=1),
            "empty": [given(numbers(0), np.zeros(0, bool)), given(numbers(2, 3), np.zeros(3, bool), axis=1)],
            "scalar": RANK,
        },
    )
    # A scalar that is not zero is at no coordinates: not one coordinate, as with numpy.
    yield (
        "NonZero",
        {
            "batch": given(numbers(0, 3)),
            "empty": given(numbers(2, 0)),
            "scalar": given(numbers(), judge=[np.zeros((0, 1), np.int64)]),
        },
    )
    yield (
        "Unique",
        {
            "batch": given(numbers(0, 3), outputs=4),
            "empty": given(numbers(0), outputs=4),
            "scalar": given(numbers(), outputs=4),
        },
    )
    pool = {"mode": "TF", "min_gram_length": 1, "max_gram_length": 1, "max_skip_count": 0, "ngram_counts": [0],
            "ngram_indexes": [0, 1], "pool_int64s": [2, 3]}  # fmt: skip
    yield (
        "TfIdfVectorizer",
        {
            "batch": given(whole(0, 3), judge=[numbers(0, 2)], **pool),
            "empty": given(whole(2, 0), **pool),
            "scalar": RANK,
        },
    )
