"""Products of 8-bit integers are exact however long the sums, and rounded once; what is not of 8 bits is refused."""

import convopt
import numpy as np
import onnx
import pytest
from convopt.testing.nodes import Nodes


@pytest.mark.parametrize("terms", [200, 5000])
def test_sums_are_exact(terms):
    """Beyond 2^24, where f32 has no odd integers."""
    nodes = Nodes(13)
    a, b = np.full((2, terms), 255, np.uint8), np.full((terms, 3), -128, np.int8)
    b[0] = 127
    nodes.add("MatMulInteger", [nodes.input(a), nodes.input(b)], ["int32"])
    nodes.add("MatMulInteger", [nodes.input(a), nodes.constant(b), nodes.constant(np.uint8(254))], ["int32"])
    wide = a.astype(np.int64), b.astype(np.int64)
    expected = [wide[0] @ wide[1], (wide[0] - 254) @ wide[1]]
    for actual, wanted in zip(nodes.run(), expected, strict=True):
        np.testing.assert_array_equal(actual, wanted)


@pytest.mark.parametrize("channels", [3, 128])
def test_convolutions_are_exact(channels, generator):
    nodes = Nodes(13)
    x = generator.integers(0, 256, (1, channels, 6, 7)).astype(np.uint8)
    w = generator.integers(-128, 128, (4, channels, 3, 3)).astype(np.int8)
    for operand in (nodes.input(w), nodes.constant(w)):
        inputs = [nodes.input(x), operand, nodes.constant(np.uint8(7)), nodes.constant(np.int8(-3))]
        nodes.add("ConvInteger", inputs, ["int32"], pads=[1, 1, 1, 1])
        scales = [nodes.constant(np.float32(value)) for value in (0.02, 0.03, 0.9)]
        inputs = [inputs[0], scales[0], inputs[2], operand, scales[1], inputs[3], scales[2]]
        nodes.add("QLinearConv", [*inputs, nodes.constant(np.uint8(100))], ["uint8"], pads=[1, 1, 1, 1])
    padded = np.pad(x.astype(np.int64) - 7, [(0, 0), (0, 0), (1, 1), (1, 1)])
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), (2, 3))
    sums = np.einsum("nchwij,fcij->nfhw", windows, w.astype(np.int64) + 3)
    factor = np.float32(0.02) * np.float32(0.03) / np.float32(0.9)
    rounded = np.clip(np.rint(sums.astype(np.float32) * factor) + 100, 0, 255)
    for actual, wanted in zip(nodes.run(), [sums, rounded] * 2, strict=True):
        np.testing.assert_array_equal(actual, wanted)


@pytest.mark.parametrize(("known", "element"), [(True, "i32"), (False, "f32")])
def test_known_filters_are_of_integers(known, element, generator, tmp_path):
    """A list of equal zero points is one, as filters of a scale each have it. Of a filter that only the run knows 200
    terms of 255 times 255 are exact in f32."""
    nodes = Nodes(13)
    x = nodes.input(generator.integers(0, 256, (1, 22, 6, 6)).astype(np.uint8))
    w = generator.integers(-128, 128, (4, 22, 3, 3)).astype(np.int8)
    w = nodes.constant(w) if known else nodes.input(w)
    scale, zero = nodes.constant(np.float32(0.02)), nodes.constant(np.uint8(0))
    each = nodes.constant(np.full(4, 0.01, np.float32)), nodes.constant(np.full(4, 3, np.int8))
    nodes.add("QLinearConv", [x, scale, zero, w, *each, scale, zero], ["uint8"])
    onnx.save(nodes.model(), tmp_path / "model.onnx")
    convopt.compile_file(tmp_path / "model.onnx", tmp_path / "model.mlir", emit="linalg")
    (line,) = [line for line in (tmp_path / "model.mlir").read_text().splitlines() if "linalg.conv_2d" in line]
    assert f"<1x22x6x6x{element}>, tensor<4x22x3x3x{element}>" in line


def test_halves_round_to_even_and_what_is_too_large_is_the_largest():
    nodes = Nodes(13)
    x = np.float32([0.5, 1.5, 2.5, -0.5, -1.5, 300, -300, 1e30, -np.inf, np.inf])
    for kind in (np.int8, np.uint8):
        nodes.add("QuantizeLinear", [nodes.input(x), nodes.constant(np.float32(1)), nodes.constant(kind(3))], [kind])
    signed, unsigned = nodes.run()
    assert signed.tolist() == [3, 5, 5, 3, 1, 127, -128, 127, -128, 127]
    assert unsigned.tolist() == [3, 5, 5, 3, 1, 255, 0, 255, 0, 255]


def test_what_does_not_fit_is_refused():
    nodes = Nodes(13)
    x = nodes.input(np.zeros((2, 3), np.float32))
    nodes.add("QuantizeLinear", [x, nodes.constant(np.ones(2, np.float32))], ["uint8"], axis=1)
    with pytest.raises(convopt.CompileError, match="input 1 does not fit the tensor"):
        convopt.compile(nodes.model())
