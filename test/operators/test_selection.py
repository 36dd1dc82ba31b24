"""Operators whose sizes depend on data: NonMaxSuppression, NonZero, Compress, Unique; and what C and Python see."""

import convopt
import numpy as np
import pytest
from convopt.testing.nodes import Nodes


def check(nodes, expected):
    for actual, wanted in zip(nodes.run(), expected, strict=True):
        assert actual.shape == wanted.shape
        np.testing.assert_array_equal(actual, wanted)
        assert actual.flags["C_CONTIGUOUS"]


def boxes(generator, batch, count):
    corner = generator.uniform(0, 50, (batch, count, 2))
    return np.concatenate([corner, corner + generator.uniform(1, 30, (batch, count, 2))], -1).astype(np.float32)


@pytest.mark.parametrize("centered", [0, 1])
def test_non_max_suppression(centered, generator):
    nodes = Nodes(11)
    cases = [(1, 3, 0.5, 0.1), (40, 5, 0.3, 0.2), (300, 300, 0.5, None), (20, 4, 0, 0.9)]
    for count, limit, overlap, threshold in cases:
        scores = generator.uniform(0, 1, (2, 3, count)).astype(np.float32)
        scores[0, 0] = np.round(scores[0, 0] * 4) / 4  # equal ones: the first first
        inputs = [nodes.input(boxes(generator, 2, count)), nodes.input(scores), nodes.constant(np.int64([limit]))]
        inputs.append(nodes.constant(np.float32([overlap])))
        if threshold is not None:
            inputs.append(nodes.constant(np.float32([threshold])))
        nodes.add("NonMaxSuppression", inputs, ["int64"], center_point_box=centered)
    check(nodes, nodes.onnxruntime())


def test_non_max_suppression_with_numbers_that_are_inputs(generator):
    nodes = Nodes(11)
    scores = generator.uniform(0, 1, (1, 2, 30)).astype(np.float32)
    flipped = boxes(generator, 1, 30)[..., [2, 3, 0, 1]].copy()
    numbers = [np.int64([7]), np.float32([0.4]), np.float32([0.1])]
    nodes.add("NonMaxSuppression", [nodes.input(a) for a in (flipped, scores, *numbers)], ["int64"])
    nodes.add("NonMaxSuppression", [nodes.input(flipped), nodes.input(scores)], ["int64"])
    check(nodes, nodes.onnxruntime())


def test_non_zero(generator):
    nodes = Nodes(13)
    for kind in ("float32", "int64", "int32", "uint8", "bool"):
        for shape in ((7,), (3, 4, 5)):
            nodes.add("NonZero", [nodes.input(generator.integers(0, 2, shape).astype(kind))], ["int64"])
    nodes.add("NonZero", [nodes.input(np.zeros((2, 2), np.float32))], ["int64"])
    check(nodes, nodes.onnxruntime())


def test_compress(generator):
    nodes = Nodes(11)
    x = generator.standard_normal((3, 4, 5)).astype(np.float32)
    for axis in (0, 1, -1):
        condition = generator.integers(0, 2, x.shape[axis]).astype(bool)
        nodes.add("Compress", [nodes.input(x), nodes.input(condition)], axis=axis)
    nodes.add("Compress", [nodes.input(x), nodes.input(np.array([True, False, True]))], axis=2)
    flat = Nodes(11)
    flat.add("Compress", [flat.input(x[0, 0].copy()), flat.input(generator.integers(0, 2, 5).astype(bool))])
    for made in (nodes, flat):
        check(made, made.onnxruntime())


@pytest.mark.parametrize("ordered", [0, 1])
def test_unique(ordered, generator):
    kinds = ["int64"] * 3
    for kind in ("float32", "int64", "int8", "float64"):
        nodes = Nodes(11)
        nodes.add("Unique", [nodes.input(generator.integers(0, 30, 100).astype(kind))], [kind, *kinds], sorted=ordered)
        for axis in (0, 1, -1):
            x = generator.integers(0, 2, (6, 3, 5)).astype(kind)
            nodes.add("Unique", [nodes.input(x)], [kind, *kinds], sorted=ordered, axis=axis)
        for tensor in nodes.outputs:
            tensor.type.tensor_type.ClearField("shape")
        check(nodes, nodes.onnxruntime())


def test_sizes_change_from_run_to_run():
    nodes = Nodes(13)
    nodes.add("NonZero", [nodes.input(np.zeros(5, np.float32))], ["int64"])
    model = convopt.compile(nodes.model())
    assert model.outputs[0].shape == (1, 5)
    for x in ([0, 1, 0, 1, 0], [0, 0, 0, 0, 0], [1, 1, 1, 1, 1]):
        np.testing.assert_array_equal(model(np.float32(x)), np.nonzero(x))


def test_what_is_known_has_a_size_that_is_known(generator):
    """A mask that is a constant, as exporters write advanced indexing."""
    nodes = Nodes(13)
    x = nodes.input(generator.standard_normal((3, 4)).astype(np.float32))
    mask = np.array([[1, 0, 1, 1], [0, 0, 0, 0], [0, 1, 0, 1]], bool)
    places = nodes.add("NonZero", [nodes.constant(mask)], ["int64"])
    nodes.add("GatherND", [x, nodes.add("Transpose", [places], ["int64"])], rank=1)
    nodes.add("Compress", [x, nodes.constant(mask[:, 0])], axis=0)
    nodes.add("Compress", [x, nodes.constant(mask[0])], axis=1)
    nodes.add("Compress", [x, nodes.constant(mask.ravel()[:9])], rank=1)
    nodes.add("Compress", [x, nodes.constant(np.zeros(3, bool))], axis=0)
    model = convopt.compile(nodes.model())
    for known, actual in zip(model.outputs, nodes.run(), strict=True):
        assert known.shape == actual.shape
    check(nodes, nodes.onnxruntime())
