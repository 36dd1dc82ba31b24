"""Writes to places that are data: ScatterElements, ScatterND and MaxUnpool, against ONNX Runtime and the standard."""

import numpy as np
import pytest
from convopt.testing.nodes import Nodes

REDUCTIONS = ["none", "add", "mul", "min", "max"]


def check(nodes, expected, rtol=1e-6):
    for actual, wanted in zip(nodes.run(), expected, strict=True):
        assert actual.dtype == wanted.dtype
        np.testing.assert_allclose(actual, wanted, rtol, 1e-6)


@pytest.mark.parametrize("kind", ["float32", "float64", "int32", "int64", "uint8"])
def test_scatter_elements(kind, generator):
    nodes = Nodes(18)
    for axis in (0, 1, -1):
        for reduction in REDUCTIONS:
            data = generator.integers(1, 9, (4, 5, 6)).astype(kind)
            updates = generator.integers(1, 4, (3, 2, 6)).astype(kind)
            size = data.shape[axis]
            # Without reduction ONNX leaves open which one of two updates of an element wins.
            places = generator.integers(-size, size, updates.shape)
            if reduction == "none":
                places = np.argsort(generator.random(data.shape), axis=axis)[:3, :2, :6]
                places = np.where(generator.random(places.shape) < 0.5, places, places - size)
            inputs = [nodes.input(data), nodes.input(places.astype(np.int64)), nodes.input(updates)]
            nodes.add("ScatterElements", inputs, [kind], axis=axis, reduction=reduction)
    check(nodes, nodes.onnxruntime())


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_scatter_nd(depth, generator):
    nodes = Nodes(18)
    for reduction in REDUCTIONS:
        data = generator.standard_normal((4, 5, 3)).astype(np.float32)
        every = np.stack(np.unravel_index(generator.permutation(np.prod(data.shape[:depth])), data.shape[:depth]), -1)
        places = every[: len(every) // 4 * 2].reshape(2, -1, depth)
        places[0, 0] -= data.shape[:depth]
        if reduction != "none":
            places[1] = places[0]
        updates = generator.standard_normal((*places.shape[:-1], *data.shape[depth:])).astype(np.float32)
        inputs = [nodes.input(data), nodes.input(places.astype(np.int64)), nodes.input(updates)]
        nodes.add("ScatterND", inputs, reduction=reduction)
    check(nodes, nodes.onnxruntime())


def test_places_out_of_bounds_are_not_written(generator):
    nodes = Nodes(18)
    data = np.zeros((3, 3), np.float32)
    inputs = [nodes.input(data), nodes.input(np.int64([[7, -9, 1]])), nodes.input(np.ones((1, 3), np.float32))]
    nodes.add("ScatterElements", inputs)
    inputs = [nodes.input(data), nodes.input(np.int64([[1, 3], [2, 2]])), nodes.input(np.ones(2, np.float32))]
    nodes.add("ScatterND", inputs)
    expected = [np.zeros((3, 3), np.float32) for _ in range(2)]
    expected[0][1, 2] = expected[1][2, 2] = 1
    check(nodes, expected)


def test_the_operand_keeps_its_value(generator):
    """What is written into is a copy if somebody else reads it."""
    nodes = Nodes(18)
    data = nodes.add("Relu", [nodes.input(np.float32([1, -2, 3]))])
    nodes.add("ScatterElements", [data, nodes.constant(np.int64([1])), nodes.constant(np.float32([9]))])
    nodes.add("Neg", [data])
    check(nodes, [np.float32([1, 0, 3]), np.float32([1, 9, 3]), np.float32([-1, 0, -3])])


def test_max_unpool(generator):
    nodes, expected = Nodes(11), []
    for shape, size in [((2, 3, 3, 4), None), ((1, 2, 3, 3), [1, 2, 7, 6])]:
        whole = (*shape[:2], 2 * shape[2], 2 * shape[3])
        x = generator.standard_normal(shape).astype(np.float32)
        places = generator.permutation(np.prod(whole))[: x.size].reshape(shape).astype(np.int64)
        inputs = [nodes.input(x), nodes.input(places)] + ([nodes.constant(np.int64(size))] if size else [])
        nodes.add("MaxUnpool", inputs, kernel_shape=[2, 2], strides=[2, 2])
        flat = np.zeros(np.prod(whole), np.float32)
        flat[places.ravel()] = x.ravel()
        target = np.zeros(size or whole, np.float32)
        target[:, :, : whole[2], : whole[3]] = flat.reshape(whole)
        expected.append(target)
    check(nodes, expected)


def test_tensor_scatter(generator):
    nodes, expected = Nodes(24), []
    for mode in ("linear", "circular"):
        for axis in (-2, 1, -1):
            cache = generator.standard_normal((2, 3, 5, 4)).astype(np.float32)
            length = cache.shape[axis]
            part = generator.standard_normal(cache.shape).astype(np.float32).take(range(2), axis)
            starts = np.int64([length - 2, 1] if mode == "linear" else [length - 1, 7])
            inputs = [nodes.input(cache), nodes.input(part), nodes.input(starts)]
            nodes.add("TensorScatter", inputs, axis=axis, mode=mode)
            nodes.add("TensorScatter", inputs[:2], axis=axis, mode=mode)
            for begins in (starts, [0, 0]):
                result = np.moveaxis(cache.copy(), axis, 1)
                for batch, begin in enumerate(begins):
                    result[batch, (begin + np.arange(2)) % length] = np.moveaxis(part, axis, 1)[batch]
                expected.append(np.moveaxis(result, 1, axis))
    check(nodes, expected)
