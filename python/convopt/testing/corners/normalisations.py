"""Normalisations."""

from convopt.testing.corners import AXIS, RANK, given, numbers


def rows():
    """The rows of this family."""

    def batch_norm(*shape):
        return given(numbers(*shape), *[numbers(shape[1])] * 4)

    yield "BatchNormalization", {"batch": batch_norm(0, 3, 4), "empty": batch_norm(1, 0, 4), "scalar": RANK}
    yield (
        "InstanceNormalization",
        {
            "batch": given(numbers(0, 3, 4), numbers(3), numbers(3)),
            "empty": given(numbers(1, 3, 0), numbers(3), numbers(3)),
            "scalar": RANK,
        },
    )
    yield (
        "GroupNormalization",
        {
            "batch": given(numbers(0, 4, 3), numbers(4), numbers(4), num_groups=2, judge=[numbers(0, 4, 3)]),
            "empty": given(numbers(1, 4, 0), numbers(4), numbers(4), num_groups=2, judge=[numbers(1, 4, 0)]),
            "scalar": RANK,
        },
    )
    for name in ("LayerNormalization", "RMSNormalization"):
        yield (
            name,
            {
                "batch": given(numbers(0, 4), numbers(4), judge=[numbers(0, 4)]),
                "empty": given(numbers(2, 0), numbers(0), judge=[numbers(2, 0)]),
                "scalar": AXIS,
            },
        )
    yield (
        "MeanVarianceNormalization",
        {"batch": given(numbers(0, 3, 4, 4)), "empty": given(numbers(1, 3, 0, 4)), "scalar": AXIS},
    )
    yield "LpNormalization", {"batch": given(numbers(0, 3)), "empty": given(numbers(2, 0)), "scalar": AXIS}
    images = given(numbers(0, 3, 4, 4), size=3), given(numbers(1, 3, 0, 4), size=3)
    yield "LRN", {"batch": images[0], "empty": images[1], "scalar": RANK}
