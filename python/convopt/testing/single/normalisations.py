"""Normalisations."""

import numpy as np

from convopt.testing.single import Draw, draws


@draws("BatchNormalization")
def batch(d: Draw):
    """Of inference."""
    shape = d.shape(2, 4, 4)
    d.input(d.real(*shape), 0)
    for i in range(4):
        d.input(np.abs(d.real(shape[1])) + np.float32(0.5) if i == 3 else d.real(shape[1]), 0.9)
    return d.case(epsilon=d.choose([1e-5, 1e-3]))


@draws("InstanceNormalization")
def instance(d: Draw):
    """Of each channel."""
    shape = (d.integer(1, 2), d.integer(1, 3), *(d.integer(2, 5) for _ in range(d.integer(1, 3))))
    d.input(d.real(*shape), 0)
    d.input(d.real(shape[1]), 0.9)
    d.input(d.real(shape[1]), 0.9)
    return d.case(epsilon=d.choose([1e-5, 1e-3]))


@draws("LayerNormalization", "RMSNormalization")
def layer(d: Draw):
    """From any axis on."""
    shape = (*d.shape(1, 3, 5), d.integer(2, 6))
    axis = d.integer(-len(shape), -1)
    d.input(d.real(*shape), 0)
    d.input(d.real(*shape[axis:]), 0.9)
    if d.operator == "LayerNormalization" and d.chance(0.6):
        d.input(d.real(*shape[axis:]), 0.9)
    return d.case(axis=axis, epsilon=d.choose([1e-5, 1e-3]))


@draws("GroupNormalization")
def group(d: Draw):
    """Scale and bias are of groups up to opset 20."""
    groups, inner = d.integer(1, 3), d.integer(1, 3)
    d.input(d.real(d.integer(1, 2), groups * inner, *(d.integer(2, 4) for _ in range(d.integer(1, 2)))), 0)
    count = groups if d.opset < 21 else groups * inner
    d.input(d.real(count), 0.9)
    d.input(d.real(count), 0.9)
    return d.case(num_groups=groups)


@draws("MeanVarianceNormalization")
def mean_variance(d: Draw):
    """Over some axes."""
    d.input(d.real(2, d.integer(1, 3), d.integer(2, 4), d.integer(2, 4)), 0)
    return d.case(axes=d.choose([None, [0, 2, 3], [2, 3], [-1]]))


@draws("LRN")
def local_response(d: Draw):
    """Across channels."""
    d.input(d.real(1, d.integer(1, 6), d.integer(1, 4), d.integer(1, 4)), 0)
    return d.case(size=d.choose([1, 3, 5]), alpha=0.01, beta=0.5, bias=1.5)


@draws("Dropout")
def dropout(d: Draw):
    """Of inference."""
    d.input(d.real(*d.shape()), 0)
    return d.case(ratio=0.3 if d.opset < 12 and d.chance(0.5) else None)
