"""What is measured before primitives are chosen is what rounding does to a network's outputs."""

import re

import convopt
import numpy as np
import pytest
from convopt.testing import networks, reference

# Of lib/Primitives/ChoiceError.cpp.
F16_WEIGHTS = 1.91e-4
GAIN = re.compile(r"convopt\.error_gain = array<f64: ([^,]+), ([^>]+)>")
VARIANT = re.compile(r'primitive<\S+ variant = "([^"]*)"')
LIMITS = {"max_error": 1000, "precisions": "w16"}


def annotated(path, **options):
    """The network's choices, by the compiler as a library of this process."""
    return bytes(convopt.compile(path, emit="annotated", **LIMITS, **options)).decode()


def test_rounded_weights_of_a_network(tmp_path):
    """The error of half precision wherever that is chosen, with no limit to it, within a factor of two.

    Where filters are transformed errors are larger; `strict_nan` keeps to those that are not.
    """
    network = networks.network("squeezenet1_1")
    library = tmp_path / "model.so"
    convopt.compile_file(network.path, library, emit="shared", calibrate="none", strict_nan=True, **LIMITS)
    squares = 0
    for line in annotated(network.path, calibrate="none", strict_nan=True).splitlines():
        assert "error_gain" not in line or GAIN.search(line)[1] == "1.000000e+00"
    for line in annotated(network.path, strict_nan=True).splitlines():
        gain, variant = GAIN.search(line), VARIANT.search(line)
        if gain and variant and variant[1].endswith("-w16"):
            squares += (float(gain[2]) * F16_WEIGHTS) ** 2
    predicted = squares**0.5
    (actual,) = convopt.Model(library).run(network.inputs)
    error = reference.relative_error(actual, network.outputs[0])
    assert predicted > F16_WEIGHTS / 10
    assert predicted / 2 < error < predicted * 2


def test_library_and_tool_measure_the_same(tmp_path):
    network = networks.network("light_shufflenet")
    path = tmp_path / "choices.mlir"
    convopt.compile_file(network.path, path, emit="annotated", **LIMITS)
    gains = GAIN.findall(path.read_text())
    assert len(gains) > 10
    assert GAIN.findall(annotated(network.path)) == gains


def test_samples(tmp_path):
    """The images that the user gives decide; a file that is none is an error."""
    network = networks.network("light_shufflenet")
    path = tmp_path / "samples.npz"
    np.savez_compressed(path, np.concatenate([network.inputs[0], 2 * network.inputs[0]]))
    given = GAIN.findall(annotated(network.path, calibrate=path))
    assert given != GAIN.findall(annotated(network.path))
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(convopt.CompileError, match="not a .npz file, or cut off"):
        annotated(network.path, calibrate=path)
