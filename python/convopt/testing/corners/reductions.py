"""Reductions, what sorts, and sums along an axis."""

import numpy as np

from convopt.testing.corners import AXIS, Known, given, numbers, whole

SUMS = "L1 L2 LogSum LogSumExp Max Mean Min Prod Sum SumSquare".split()


def rows():
    """The rows of this family."""
    for kind in SUMS:
        # What the standard says of a reduction of nothing; a mean of nothing is not defined, and refused.
        of_nothing = {"Max": -np.inf, "Min": np.inf, "Prod": 1, "LogSum": -np.inf, "LogSumExp": -np.inf}
        value = np.full((2, 1, 3), of_nothing.get(kind, 0), np.float32)
        nothing = [given(numbers(2, 0, 3), Known([1]), judge=[value])] if kind != "Mean" else []
        yield (
            f"Reduce{kind}",
            {
                "batch": given(numbers(0, 3), Known([1])),
                "empty": [
                    *nothing,
                    given(numbers(2, 0, 3), Known([2]), keepdims=0),
                    given(numbers(2, 3), Known([]), noop_with_empty_axes=0),
                ],
                "scalar": given(numbers(), judge="onnxruntime"),
            },
        )
    for name in ("ArgMax", "ArgMin"):
        yield name, {"batch": given(numbers(0, 3), axis=1), "empty": given(numbers(2, 0, 3), axis=2), "scalar": AXIS}
    yield (
        "TopK",
        {
            "batch": given(numbers(0, 3), Known([2]), outputs=2),
            "empty": [given(numbers(2, 3), Known([0]), outputs=2), given(numbers(2, 0), Known([0]), outputs=2)],
            "scalar": AXIS,
        },
    )
    yield "CumSum", {"batch": given(numbers(0, 3), Known(1)), "empty": given(numbers(2, 0), Known(1)), "scalar": AXIS}
    for name in ("Softmax", "LogSoftmax", "Hardmax"):
        yield name, {"batch": given(numbers(0, 3)), "empty": given(numbers(2, 0, 3), axis=1), "scalar": AXIS}
    of_no_batch = {
        "NegativeLogLikelihoodLoss": given(numbers(0, 3), whole(0), reduction="none", judge=[numbers(0)]),
        "SoftmaxCrossEntropyLoss": "its definition reshapes to an extent that follows from the others, if none is 0",
    }
    for name, batch in of_no_batch.items():
        yield (
            name,
            {
                "batch": batch,
                "empty": given(numbers(2, 3, 0), whole(2, 0), reduction="none"),
                "scalar": given(numbers(2, 3), whole(2), reduction="sum"),
            },
        )
