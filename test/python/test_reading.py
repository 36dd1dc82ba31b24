"""Reading models of 40 MB takes three times their size and the tool's own memory at most (bench/reading.py)."""

import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).parents[2] / "bench"
sys.path.insert(0, str(BENCH))

import reading  # noqa: E402


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    """What a model of nearly nothing takes: the program itself, with sanitizers in some builds."""
    path = tmp_path_factory.mktemp("small") / "small.onnx"
    reading.make_model(path, 0, "raw data")
    return reading.peak(path)


@pytest.mark.parametrize("way", reading.WAYS)
def test_three_times_the_size(tmp_path, base, way):
    reading.make_model(tmp_path / "model.onnx", 40, way)
    size = reading.size_of(tmp_path / "model.onnx")
    assert size > 38 << 20 and reading.peak(tmp_path / "model.onnx") < base + 3 * size
