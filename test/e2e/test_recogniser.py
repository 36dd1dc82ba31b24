"""One object for five widths of a recogniser of text: as right as one for each, and hardly larger than one."""

import numpy as np
import onnx
import pytest
from conftest import TOLERANCE
from convopt import Model, compile_file
from convopt.testing import recogniser, reference

WIDTHS = [320, 160, 240, 480, 640]


@pytest.fixture(scope="module")
def network(tmp_path_factory):
    path = tmp_path_factory.mktemp("recogniser") / "recogniser.onnx"
    onnx.save(recogniser.build(), path)
    return path


def shape(width):
    return (1, 3, 48, width)


def test_five_widths(network, tmp_path):
    several = compile_file(network, tmp_path / "several.so", emit="shared", shapes={"input0": list(map(shape, WIDTHS))})
    alone = compile_file(network, tmp_path / "alone.so", emit="shared", shapes={"input0": shape(WIDTHS[0])})
    assert several.stat().st_size <= 1.3 * alone.stat().st_size
    generator = np.random.default_rng(1)
    model = Model(several, fill=255)
    for width in WIDTHS + WIDTHS[::-1]:
        image = generator.standard_normal(shape(width), np.float32)
        (expected,) = reference.run(network, [image])
        assert expected.shape[1] == width // recogniser.STRIDE
        assert reference.relative_error(model(image), expected) <= TOLERANCE
    with pytest.raises(ValueError, match=r"no size has inputs of the shapes 'input0' \[1, 3, 48, 321\]; there are"):
        model(np.zeros(shape(321), np.float32))
