"""Reading models of 20 MB takes three times their size and the tool's own memory at most (bench/reading.py)."""

import os
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).parents[2] / "bench"
sys.path.insert(0, str(BENCH))

import reading  # noqa: E402

BUILD = Path(os.environ["CONVOPT_BIN"]).parent
SANITIZED = "-fsanitize" in (BUILD / "CMakeCache.txt").read_text()
pytestmark = pytest.mark.skipif(SANITIZED, reason="sanitizers keep what was freed")


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    """What a model of nearly nothing takes: the program itself."""
    path = tmp_path_factory.mktemp("small") / "small.onnx"
    reading.make_model(path, 0, "raw data")
    return reading.peak(path)


@pytest.mark.parametrize("way", reading.WAYS)
def test_three_times_the_size(tmp_path, base, way):
    reading.make_model(tmp_path / "model.onnx", 20, way)
    size = reading.size_of(tmp_path / "model.onnx")
    assert size > 18 << 20 and reading.peak(tmp_path / "model.onnx") < base + 3 * size
