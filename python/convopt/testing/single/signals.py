"""Transforms of signals, and what else is linear algebra."""

import numpy as np

from convopt.testing.single import Draw, draws


@draws("DFT")
def dft(d: Draw):
    """Forward and back, cut and filled, one side or both."""
    onesided = d.chance(0.3)
    shape = [*(d.integer(1, 4) for _ in range(d.integer(1, 2))), d.integer(2, 20)]
    d.random.shuffle(shape)
    rank = len(shape) + 1
    axis = d.integer(1, rank - 2) if d.opset < 20 else d.choose([0, rank - 2, -2])
    d.input(d.real(*shape, 1 if onesided else d.integer(1, 2)), 0)
    if d.chance(0.4):
        d.constant(d.integer(2, 24), np.int64)
    elif d.opset >= 20:
        d.none()
    given = {"axis": axis} if d.opset < 20 else {}
    if d.opset >= 20:
        d.constant(axis, np.int64)
    return d.case(onesided=int(onesided), inverse=0 if onesided else d.integer(0, 1), **given)


@draws("STFT")
def stft(d: Draw):
    """With a window, a length, or both."""
    length = d.integer(4, 16)
    window = d.chance(0.5)
    d.input(d.real(d.integer(1, 2), d.integer(length, 60), 1), 0)
    d.constant(d.integer(1, length), np.int64)
    if window:
        d.input(np.hanning(length + 2)[1:-1].astype(np.float32), 0.7)
    else:
        d.none()
    if not window or d.chance(0.5):
        d.constant(length, np.int64)
    return d.case(onesided=d.integer(0, 1))


@draws("MelWeightMatrix")
def mel(d: Draw):
    """Filters between two frequencies."""
    rate = d.choose([1000, 8000, 16000])
    for value in (d.integer(1, 10), d.choose([16, 64, 128]), rate):
        d.constant(value, np.int64)
    for value in (d.integer(0, 100), d.integer(200, rate // 2)):
        d.constant(value, np.float32)
    return d.case()


@draws("Det")
def det(d: Draw):
    """Of one matrix or many."""
    n = d.integer(1, 5)
    d.input(d.real(*d.shape(0, 2, 3), n, n), 0)
    return d.case(tolerance=1e-3)


@draws("Einsum")
def einsum(d: Draw):
    """One to three operands; axes that are shared, summed, repeated or left to an ellipsis."""
    extents = {letter: d.integer(1, 4) for letter in "abcde"}
    terms = []
    for _ in range(d.choose([1, 2, 2, 3])):
        letters = list("abcde")
        d.random.shuffle(letters)
        terms.append("".join(letters[: d.integer(1, 3)]))
    batch = d.shape(1, 2, 3) if d.chance(0.3) else None
    if len(terms) == 1 and d.chance(0.3):
        terms[0] += terms[0][0]
    seen = sorted(set("".join(terms)))
    d.random.shuffle(seen)
    left = ",".join(("..." if batch else "") + term for term in terms)
    right = ("..." if batch else "") + "".join(seen[: d.integer(0, len(seen))])
    for term in terms:
        d.input(d.real(*(batch or ()), *(extents[letter] for letter in term)), 0.1)
    implicit = d.chance(0.2)
    return d.case(equation=left if implicit else f"{left}->{right}")


@draws("Hardmax")
def hardmax(d: Draw):
    """Any axis; some of the largest are equal."""
    shape = d.shape(1, 4, 5)
    d.input(d.random.integers(-3, 4, shape).astype(np.float32), 0)
    low = -len(shape) if d.opset >= 11 else 0
    return d.case(axis=d.choose([None if len(shape) > 1 else 0, *range(low, len(shape))]))


@draws("LpNormalization")
def lp_normalization(d: Draw):
    """Either norm, any axis."""
    shape = d.shape(1, 4, 5)
    d.input(d.real(*shape), 0)
    return d.case(axis=d.integer(-len(shape), len(shape) - 1), p=d.integer(1, 2))
