"""Products of matrices, recurrent layers, transforms of signals."""

import numpy as np

from convopt.testing.corners import RANK, Known, given, numbers


def _recurrent(gates: int, outputs: int) -> dict:
    """Of 2 inputs and 3 units."""
    weights = numbers(1, gates * 3, 2), numbers(1, gates * 3, 3)
    states = (outputs - 1) * (numbers(1, 2, 3),)
    return {
        # ONNX Runtime ends the process, the evaluator has no such case.
        "batch": given(
            numbers(4, 0, 2), *weights, outputs=outputs, hidden_size=3,
            judge=[numbers(4, 1, 0, 3), *[numbers(1, 0, 3)] * (outputs - 1)],
        ),
        # No step: the state stays as it was.
        "empty": given(
            numbers(0, 2, 2), *weights, None, None, *states, outputs=outputs, hidden_size=3,
            judge=[np.zeros((0, 1, 2, 3), np.float32), *states],
        ),
        "scalar": RANK,
    }  # fmt: skip


def rows():
    """The rows of this family."""
    yield (
        "MatMul",
        {
            "batch": [given(numbers(0, 3), numbers(3, 4)), given(numbers(0, 2, 3), numbers(0, 3, 4))],
            "empty": [
                given(numbers(2, 0), numbers(0, 4)),
                given(numbers(2, 3), numbers(3, 0)),
                given(numbers(3, 2, 0), numbers(3, 0, 4)),
            ],
            "scalar": [given(numbers(3), numbers(3)), given(numbers(0), numbers(0))],
        },
    )
    yield (
        "Gemm",
        {
            "batch": given(numbers(0, 3), numbers(3, 4), numbers(4)),
            "empty": [
                given(numbers(2, 0), numbers(0, 4), numbers(4), beta=2.0),
                given(numbers(2, 3), numbers(0, 3), transB=1),
            ],
            "scalar": given(numbers(2, 3), numbers(3, 4), numbers()),
        },
    )

    def bytes_(*shape):
        return np.ones(shape, np.uint8)

    yield (
        "MatMulInteger",
        {
            "batch": given(bytes_(0, 3), bytes_(3, 4)),
            "empty": given(bytes_(2, 0), bytes_(0, 4)),
            "scalar": given(bytes_(3), bytes_(3)),
        },
    )
    one = Known(0.5, np.float32), Known(1, np.uint8)
    yield (
        "QLinearMatMul",
        {
            "batch": given(bytes_(0, 3), *one, bytes_(3, 4), *one, *one),
            "empty": given(bytes_(2, 0), *one, bytes_(0, 4), *one, *one),
            "scalar": given(bytes_(3), *one, bytes_(3), *one, *one),
        },
    )
    yield (
        "Einsum",
        {
            "batch": given(numbers(0, 2), numbers(2, 3), equation="bi,ij->bj"),
            "empty": given(numbers(2, 0), numbers(0, 3), equation="bi,ij->bj"),
            "scalar": [given(numbers(), numbers(), equation=",->"), given(numbers(3), equation="i->")],
        },
    )
    yield (
        "Det",
        {"batch": given(numbers(0, 2, 2)), "empty": given(numbers(2, 0, 0)), "scalar": given(numbers(2, 2))},
    )
    yield "RNN", _recurrent(1, 2)
    yield "GRU", _recurrent(3, 2)
    yield "LSTM", _recurrent(4, 3)
    yield (
        "Attention",
        {
            "batch": given(*[numbers(0, 2, 3, 4)] * 3),
            "empty": given(numbers(1, 2, 0, 4), *[numbers(1, 2, 3, 4)] * 2),
            "scalar": RANK,
        },
    )
    yield (
        "RotaryEmbedding",
        {
            "batch": given(numbers(0, 2, 3, 4), numbers(5, 2), numbers(5, 2), np.zeros((0, 3), np.int64)),
            "empty": given(numbers(1, 2, 0, 4), numbers(5, 2), numbers(5, 2), np.zeros((1, 0), np.int64)),
            "scalar": RANK,
        },
    )
    yield (
        "DFT",
        {
            "batch": given(numbers(0, 4, 2), None, Known(1)),
            "empty": given(numbers(2, 0, 4, 1), None, Known(2)),
            "scalar": RANK,
        },
    )
    yield (
        "STFT",
        {
            "batch": given(numbers(0, 8, 1), Known(2), None, Known(4), judge=[np.zeros((0, 3, 3, 2), np.float32)]),
            "empty": "a signal has a frame at least",
            "scalar": RANK,
        },
    )
