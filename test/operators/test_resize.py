"""Resize where engines read the standard differently, or onnx's reference evaluator cannot read it at all."""

import numpy as np
import pytest
from convopt.testing.nodes import Nodes


@pytest.fixture
def x(generator):
    return generator.standard_normal((1, 2, 5, 7)).astype(np.float32)


def check(x, opset, *operands, others=(), same=None, **attributes):
    """Compares several nodes of one model with ONNX Runtime, which gets the attributes `same` in place of theirs."""
    models = Nodes(opset), Nodes(opset)
    for nodes, instead in zip(models, ({}, same or {}), strict=True):
        name = nodes.input(x)
        for given in others or [{}]:
            inputs = [name, *("" if value is None else nodes.constant(value) for value in operands)]
            nodes.add("Resize", inputs, **attributes | given | instead)
    for y, expected in zip(models[0].run(), models[1].onnxruntime(), strict=True):
        assert y.shape == expected.shape
        np.testing.assert_allclose(y, expected, 1e-4, 1e-5)


POLICIES = [{"keep_aspect_ratio_policy": policy} for policy in ("stretch", "not_larger", "not_smaller")]


@pytest.mark.parametrize("axes", [[-2, -1], [2, 3], [-1, -2]])
@pytest.mark.parametrize("mode", ["nearest", "linear", "cubic"])
def test_axes_from_the_end_and_policies(x, axes, mode):
    """ONNX Runtime crashes on axes from the end with a policy, the reference evaluator refuses them."""
    sizes = np.array([3, 9] if axes != [-1, -2] else [9, 3])
    same = {"axes": [axis % 4 for axis in axes]}
    check(x, 19, None, None, sizes, others=POLICIES, same=same, axes=axes, mode=mode)


def test_a_policy_rounds_half_up(generator):
    """5 / 10 of 7 is 3.5."""
    x = generator.standard_normal((1, 1, 10, 7)).astype(np.float32)
    given = {"axes": [-2, -1], "mode": "linear"}
    check(x, 19, None, None, np.array([5, 7]), others=POLICIES[1:], same={"axes": [2, 3]}, **given)


@pytest.mark.parametrize("mode", ["linear", "cubic"])
@pytest.mark.parametrize("sizes", [[1, 7], [1, 1], [3, 4], [4, 1], [8, 9]])
def test_antialias_of_pytorch(x, mode, sizes):
    """What is one element long lies at the first one of the operand, as the text says."""
    given = {"axes": [2, 3], "mode": mode, "coordinate_transformation_mode": "pytorch_half_pixel"}
    others = [{"antialias": 1}] if min(sizes) > 1 else [{"antialias": 1}, {"antialias": 0}]
    check(x, 19, None, None, np.array(sizes), others=others, **given)


@pytest.mark.parametrize("scales", [[0.6, 0.5], [0.4, 2.6], [1.5, 0.8]])
def test_opset_10(x, scales):
    check(x, 10, np.array([1, 1, *scales], np.float32), others=[{"mode": "nearest"}, {"mode": "linear"}])
