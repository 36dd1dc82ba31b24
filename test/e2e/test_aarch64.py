"""Objects for aarch64, linked with a C program by the cross compiler, give the right outputs under qemu."""

import pytest
from conftest import EVERY_NETWORK, check_outputs
from convopt.testing import networks, unseen

QUICK = ["squeezenet1_1", *unseen.NETWORKS]


@pytest.mark.parametrize("name", networks.names() if EVERY_NETWORK else QUICK)
def test_outputs(name, build, run_program):
    outputs = run_program(name, *build(name, "aarch64"), "aarch64")
    check_outputs(networks.network(name), outputs)


def test_threads(build, run_program):
    outputs = run_program("unet", *build("unet", "aarch64", threads=2), "aarch64")
    check_outputs(networks.network("unet"), outputs)
