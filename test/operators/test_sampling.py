"""Reading at coordinates that are data: GridSample, RoiAlign, MaxRoiPool, DeformConv, AffineGrid and Col2Im."""

import numpy as np
import pytest
from convopt.testing.nodes import Nodes

MODES = ["nearest", "linear", "cubic"]
PADDINGS = ["zeros", "border", "reflection"]


def check(nodes, expected, rtol=1e-4, atol=1e-5):
    for actual, wanted in zip(nodes.run(), expected, strict=True):
        assert actual.dtype == wanted.dtype
        np.testing.assert_allclose(actual, wanted, rtol, atol)


@pytest.mark.parametrize("align", [0, 1])
@pytest.mark.parametrize("mode", MODES)
def test_grid_sample(mode, align, generator):
    nodes = Nodes(20)
    x = generator.standard_normal((2, 3, 5, 7)).astype(np.float32)
    # Far outside as well, but not on a border, where rounding decides.
    grid = generator.uniform(-2.4, 2.4, (2, 4, 6, 2)).astype(np.float32)
    for padding in PADDINGS:
        inputs = [nodes.input(x), nodes.input(grid)]
        nodes.add("GridSample", inputs, mode=mode, padding_mode=padding, align_corners=align)
    # ONNX Runtime pads both coordinates where one is outside, which a cubic sees.
    check(nodes, nodes.evaluate() if mode == "cubic" else nodes.onnxruntime())


@pytest.mark.parametrize("mode", ["nearest", "linear"])
def test_grid_sample_of_volumes(mode, generator):
    nodes = Nodes(20)
    x = generator.standard_normal((1, 2, 3, 4, 5)).astype(np.float32)
    grid = generator.uniform(-1.3, 1.3, (1, 2, 3, 4, 3)).astype(np.float32)
    for align in (0, 1):
        for padding in PADDINGS:
            inputs = [nodes.input(x), nodes.input(grid)]
            nodes.add("GridSample", inputs, mode=mode, padding_mode=padding, align_corners=align)
    check(nodes, nodes.onnxruntime())


def test_grid_sample_of_rows_and_of_other_types(generator):
    nodes = Nodes(20)
    row = generator.standard_normal((2, 2, 9)).astype(np.float32)
    nodes.add("GridSample", [nodes.input(row), nodes.input(generator.uniform(-1, 1, (2, 5, 1)).astype(np.float32))])
    grid = generator.uniform(-1.2, 1.2, (1, 3, 4, 2))
    for kind in ("float64", "float16"):
        inputs = [nodes.input(generator.standard_normal((1, 2, 4, 4)).astype(kind)), nodes.input(grid.astype(kind))]
        nodes.add("GridSample", inputs, [kind])
    numbers = generator.integers(0, 99, (1, 2, 4, 4)).astype(np.int32)
    inputs = [nodes.input(numbers), nodes.input(grid.astype(np.float32))]
    nodes.add("GridSample", inputs, ["int32"], mode="nearest", padding_mode="border")
    check(nodes, nodes.evaluate(), 2e-2, 2e-3)


def test_grid_sample_survives_any_coordinate(generator):
    nodes = Nodes(20)
    x = np.ones((1, 1, 3, 3), np.float32)
    grid = np.float32([np.nan, np.inf, -np.inf, 1e30, -1e30, 0]).repeat(2).reshape(1, 1, 6, 2)
    for mode in MODES:
        for padding in PADDINGS:
            nodes.add("GridSample", [nodes.input(x), nodes.input(grid)], mode=mode, padding_mode=padding)
    for y in nodes.run():
        assert y[0, 0, 0, -1] == 1


@pytest.mark.parametrize("opset", [10, 16])
def test_roi_align(opset, generator):
    nodes = Nodes(opset)
    x = generator.standard_normal((2, 3, 9, 12)).astype(np.float32)
    corner = generator.uniform(-3, 20, (7, 2))
    rois = np.concatenate([corner, corner + generator.uniform(0.2, 14, (7, 2))], 1).astype(np.float32)
    batches = generator.integers(0, 2, 7).astype(np.int64)
    for mode in ("avg", "max"):
        for ratio in (0, 2):
            for kind in ["half_pixel", "output_half_pixel"] if opset >= 16 else [None]:
                more = {"coordinate_transformation_mode": kind} if kind else {}
                inputs = [nodes.input(x), nodes.input(rois), nodes.input(batches)]
                attributes = {"output_height": 3, "output_width": 4, "sampling_ratio": ratio, "spatial_scale": 0.5}
                nodes.add("RoiAlign", inputs, mode=mode, **attributes, **more)
    check(nodes, nodes.onnxruntime())


def test_max_roi_pool(generator):
    nodes = Nodes(11)
    x = generator.standard_normal((2, 3, 9, 12)).astype(np.float32)
    corner = generator.uniform(0, 9, (6, 2))
    boxes = np.concatenate([generator.integers(0, 2, (6, 1)), corner, corner + generator.uniform(0, 14, (6, 2))], 1)
    inputs = [nodes.input(x), nodes.input(boxes.astype(np.float32))]
    nodes.add("MaxRoiPool", inputs, pooled_shape=[2, 3], spatial_scale=0.75)
    check(nodes, nodes.onnxruntime())


@pytest.mark.parametrize("group, offset_group", [(1, 1), (2, 1), (1, 2), (2, 4)])
def test_deform_conv(group, offset_group, generator):
    nodes = Nodes(19)
    for stride, dilation, pad, extras in [(1, 1, 0, 0), (2, 1, 1, 1), (1, 2, 2, 2)]:
        x = generator.standard_normal((2, 4, 7, 9)).astype(np.float32)
        w = generator.standard_normal((6, 4 // group, 3, 2)).astype(np.float32)
        size = [(n + 2 * pad - dilation * (k - 1) - 1) // stride + 1 for n, k in ((7, 3), (9, 2))]
        offset = generator.uniform(-2, 2, (2, offset_group * 12, *size)).astype(np.float32)
        inputs = [nodes.input(x), nodes.constant(w), nodes.input(offset)]
        if extras:
            inputs.append(nodes.constant(generator.standard_normal(6).astype(np.float32)))
        if extras > 1:
            inputs.append(nodes.input(generator.uniform(0, 1, (2, offset_group * 6, *size)).astype(np.float32)))
        attributes = {"strides": [stride] * 2, "dilations": [dilation] * 2, "pads": [pad] * 4}
        nodes.add("DeformConv", inputs, kernel_shape=[3, 2], group=group, offset_group=offset_group, **attributes)
    check(nodes, nodes.evaluate(), 1e-3, 1e-4)


def test_affine_grid(generator):
    nodes = Nodes(20)
    for align in (0, 1):
        for size in ([2, 3, 4, 5], [2, 1, 3, 4, 5]):
            n = len(size) - 2
            theta = nodes.input(generator.standard_normal((2, n, n + 1)).astype(np.float32))
            nodes.add("AffineGrid", [theta, nodes.constant(np.int64(size))], align_corners=align)
    check(nodes, nodes.evaluate())


def test_col2im(generator):
    nodes = Nodes(18)
    for image, block, attributes, blocks in [
        ([5, 6], [2, 3], {}, 16),
        ([5, 5], [3, 3], {"pads": [1, 1, 1, 1], "strides": [2, 2]}, 9),
        ([6, 6], [2, 2], {"dilations": [2, 3]}, 12),
        ([7], [3], {"strides": [2]}, 3),
        ([3, 4, 5], [2, 2, 2], {}, 24),
    ]:
        x = generator.standard_normal((2, 3 * np.prod(block), blocks)).astype(np.float32)
        inputs = [nodes.input(x), nodes.constant(np.int64(image)), nodes.constant(np.int64(block))]
        nodes.add("Col2Im", inputs, **attributes)
    check(nodes, nodes.evaluate())
