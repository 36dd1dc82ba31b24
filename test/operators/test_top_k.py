"""TopK against a stable sort: order, ties, NaN, types, axes; and that it needs memory for k elements a row, not n^2."""

import convopt
import numpy as np
import pytest
from convopt.testing.nodes import Nodes

KINDS = ["float32", "float64", "float16", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"]


def best(x, k, axis, largest):
    """Elements and places of the k best, NaN behind all numbers, of equal ones the first first."""
    keys = np.moveaxis(x, axis, -1)
    nan = np.isnan(keys) if x.dtype.kind == "f" else np.zeros(keys.shape, bool)
    ranks = np.unique(np.where(nan, 0, keys), return_inverse=True)[1].reshape(keys.shape)
    ranks = np.where(nan, ranks.size, -ranks if largest else ranks)
    places = np.argsort(ranks, axis=-1, kind="stable")[..., :k]
    return np.moveaxis(np.take_along_axis(keys, places, -1), -1, axis), np.moveaxis(places, -1, axis)


def check(cases):
    """Compiles all of (x, k, axis, largest, sorted) at once; unsorted ones come out sorted too."""
    nodes = Nodes(17)
    for x, k, axis, largest, ordered in cases:
        count = nodes.constant(np.int64([k]))
        kinds = [x.dtype, "int64"]
        nodes.add("TopK", [nodes.input(x), count], kinds, axis=axis, largest=largest, sorted=ordered)
    outputs = nodes.run()
    for (x, k, axis, largest, _), values, places in zip(cases, outputs[::2], outputs[1::2], strict=True):
        expected = best(x, k, axis, largest)
        note = f"{x.dtype}{list(x.shape)} k={k} axis={axis} largest={largest}"
        np.testing.assert_array_equal(places, expected[1], err_msg=note)
        np.testing.assert_array_equal(values, expected[0], err_msg=note)


@pytest.mark.parametrize("largest", [0, 1])
def test_types(largest, generator):
    cases = []
    for kind in KINDS:
        x = generator.integers(0 if kind[0] == "u" else -60, 60, (3, 100)).astype(kind)
        if np.dtype(kind).kind in "iu":
            x[0, [5, 50]] = np.iinfo(kind).min, np.iinfo(kind).max
        cases.append((x, 17, -1, largest, 1))
    check(cases)


def test_sizes_and_axes(generator):
    cases = []
    for n, k in [(1, 1), (2, 1), (9, 9), (9, 0), (97, 64), (500, 3)]:
        for order in ("random", "rising", "falling", "equal"):
            x = generator.integers(-9, 9, (2, n)).astype(np.float32)
            if order == "equal":
                x[:] = 3
            elif order != "random":
                x = np.sort(x)[:, :: 1 if order == "rising" else -1].copy()
            cases.append((x, k, 1, len(cases) % 2, len(cases) % 3 == 0))
    for axis in (0, 1, 2, -2):
        cases.append((generator.integers(-9, 9, (4, 5, 6)).astype(np.float32), 3, axis, 1, 1))
    check(cases)


def test_nan_is_worse_than_numbers_and_zeros_are_equal(generator):
    x = generator.standard_normal((4, 90)).astype(np.float32)
    x[0, ::7] = np.nan
    x[1, 3:] = np.nan
    x[2, ::2], x[2, 1::2] = 0, -0.0
    x[3, [4, 40, 41]] = np.inf, -np.inf, np.nan
    check([(x, k, 1, largest, 1) for k in (5, 90) for largest in (0, 1)])


def test_memory_is_linear():
    nodes = Nodes(17)
    x = np.arange(25200, dtype=np.float32)[None] % 997
    nodes.add("TopK", [nodes.input(x), nodes.constant(np.int64([300]))], ["float32", "int64"])
    model = convopt.compile(nodes.model())
    for y, expected in zip(model.run([x]), best(x, 300, -1, 1), strict=True):
        np.testing.assert_array_equal(y, expected)
    assert model.workspace_bytes < 1 << 17
