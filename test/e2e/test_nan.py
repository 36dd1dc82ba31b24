"""With strict_nan, NaN stands where ONNX Runtime has it and nowhere else; without, Winograd's algorithm spreads it."""

import numpy as np
import pytest
from conftest import TOLERANCE
from convopt import compile
from convopt.testing import reference
from convopt.testing.builder import Builder


def network(b, convolve, shape, epilogue):
    x = convolve(b, b.input(*shape))
    if epilogue == "Clip":
        return b.add("Clip", x, b.constant(-0.5), b.constant(0.5))
    return b.add(epilogue, x) if epilogue else x


CONVOLUTIONS = {
    "3x3": (lambda b, x: b.conv(x, (16, 16)), (1, 16, 16, 16)),
    "5x5": (lambda b, x: b.conv(x, (8, 16), kernel=5), (1, 8, 16, 16)),
    "9x9": (lambda b, x: b.conv(x, (16, 16), kernel=9), (1, 16, 24, 24)),
    "7x7 by 2": (lambda b, x: b.conv(x, (3, 16), kernel=7, strides=[2, 2]), (1, 3, 32, 32)),
    "1x7": (lambda b, x: b.conv(x, (16, 16), kernel=(1, 7)), (1, 16, 12, 16)),
    "1x1": (lambda b, x: b.conv(x, (256, 128), kernel=1), (1, 256, 14, 14)),
    "depthwise": (lambda b, x: b.conv(x, (32, 32), group=32), (1, 32, 14, 14)),
    "grouped": (lambda b, x: b.conv(x, (32, 32), group=8), (1, 32, 14, 14)),
    "dilated": (lambda b, x: b.conv(x, (16, 16), dilations=[3, 3], pads=[3] * 4), (2, 16, 13, 13)),
}


def compare(convolution, epilogue, value, **options):
    """Outputs of the model and of ONNX Runtime for an input with `value` at three places."""
    convolve, shape = CONVOLUTIONS[convolution]
    b = Builder("nan")
    model = b.model(network(b, convolve, shape, epilogue))
    image = b.generator.normal(size=shape).astype(np.float32)
    for place in ((0, 0, 0, 0), (-1, shape[1] // 2, shape[2] // 2, shape[3] // 3), (-1, -1, -1, -1)):
        image[place] = value
    (expected,) = reference.run(model.SerializeToString(), [image])
    (actual,) = compile(model, **options).run([image])
    return actual, expected


@pytest.mark.parametrize("value", [np.nan, np.inf])
@pytest.mark.parametrize("convolution", CONVOLUTIONS)
def test_stays_where_it_is(convolution, value):
    actual, expected = compare(convolution, None, value, strict_nan=True)
    np.testing.assert_array_equal(np.isnan(actual), np.isnan(expected))
    infinite = np.isinf(expected)
    assert np.isfinite(expected).any() and not np.isfinite(expected).all()
    np.testing.assert_array_equal(actual[infinite], expected[infinite])
    finite = np.isfinite(expected)
    assert reference.relative_error(actual[finite], expected[finite]) <= TOLERANCE


@pytest.mark.parametrize("epilogue", ["Relu", "Clip", "LeakyRelu", "HardSwish", "Sigmoid"])
def test_passes_through_epilogues(epilogue):
    actual, expected = compare("3x3", epilogue, np.nan, strict_nan=True)
    assert np.isnan(expected).any()
    np.testing.assert_array_equal(np.isnan(actual), np.isnan(expected))


def test_spreads_unless_it_is_asked_not_to():
    actual, expected = compare("3x3", None, np.nan, force_primitive="winograd_f4x4_3x3")
    assert np.isnan(actual).sum() > np.isnan(expected).sum()
    actual, expected = compare("3x3", None, np.nan, force_primitive="winograd_f4x4_3x3", strict_nan=True)
    np.testing.assert_array_equal(np.isnan(actual), np.isnan(expected))
