"""Products of matrices."""

import numpy as np

from convopt.testing.single import Draw, draws


@draws("Gemm")
def gemm(d: Draw):
    """Transposed, scaled, with a summand of any shape."""
    m, k, n = d.integer(1, 9), d.integer(1, 9), d.integer(1, 9)
    left, right = d.integer(0, 1), d.integer(0, 1)
    d.input(d.real(*((k, m) if left else (m, k))), 0)
    d.input(d.real(*((n, k) if right else (k, n))), 0.6)
    if d.opset < 11 or d.chance(0.7):
        d.input(d.real(*d.choose([(m, n), (n,), (1, n), (m, 1), (1,), ()])), 0.6)
    given = {name: d.choose([0.5, 2.0]) for name in ("alpha", "beta") if d.chance(0.3)}
    return d.case(transA=left or None, transB=right or None, **given)


@draws("MatMul")
def matmul(d: Draw):
    """Vectors, matrices and batches that are broadcast."""
    m, k, n = d.integer(1, 9), d.integer(1, 9), d.integer(1, 9)
    batch = d.shape(0, 2, 3)
    a = tuple(1 if d.chance(0.2) else extent for extent in batch)
    a, b = (*a, m, k), (*batch[d.integer(0, len(batch)) :], k, n)
    if d.chance(0.15):
        a = (k,)
    elif d.chance(0.15):
        b = (k,)
    kind = d.choose([np.float32, np.float32, np.float64, np.int32] if d.opset >= 9 else [np.float32])
    d.input(d.number(a, (kind,)), 0)
    d.input(d.number(b, (kind,)), 0.5)
    return d.case()
