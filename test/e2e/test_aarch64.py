"""Objects for aarch64, linked with a C program by the cross compiler, give the right outputs under qemu."""

import pytest
from conftest import EVERY_NETWORK, check_outputs
from convopt.testing import networks, reference, unseen

QUICK = ["squeezenet1_1", *unseen.NETWORKS]


@pytest.mark.parametrize("name", networks.names() if EVERY_NETWORK else QUICK)
def test_outputs(name, build, run_program):
    outputs = run_program(name, *build(name, "aarch64"), "aarch64")
    check_outputs(networks.network(name), outputs)


def test_threads(build, run_program):
    outputs = run_program("unet", *build("unet", "aarch64", threads=2), "aarch64")
    check_outputs(networks.network("unet"), outputs)


def test_half_precision(build, run_program):
    """Products and short sums of f16, where nothing else is as small."""
    options = {"cpu": "cortex-a76", "precisions": "f16", "max_error": 1, "max_weights": 0.6}
    outputs = run_program("squeezenet1_1", *build("squeezenet1_1", "aarch64", **options), "aarch64")
    (expected,) = networks.network("squeezenet1_1").outputs
    assert 2e-4 < reference.relative_error(outputs[0], expected) < 4e-3
