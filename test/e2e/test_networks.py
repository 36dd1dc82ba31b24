"""Networks compiled for this host give ONNX Runtime's outputs, whatever the workspace held before."""

import gc

import convopt
import pytest
from conftest import EVERY_NETWORK, check_outputs
from convopt.testing import FEW_TESTS, networks, unseen

QUICK = ["convnext_atto", "efficientnet_b0", "light_densenet121", "light_shufflenet", "light_squeezenet"]
QUICK += ["mobilenet_v3_large", "resnet18"]
if FEW_TESTS:
    QUICK = ["light_shufflenet", "mobilenet_v3_large"]


def check(name, library, **options):
    network = networks.network(name)
    convopt.compile_file(network.path, library, emit="shared", **options)
    clean, dirty = convopt.Model(library, fill=0), convopt.Model(library, fill=0xFF)
    outputs = clean.run(network.inputs)
    check_outputs(network, outputs)
    for again in (clean.run(network.inputs), dirty.run(network.inputs), dirty.run(network.inputs)):
        assert [a.tobytes() for a in again] == [a.tobytes() for a in outputs]
    gc.collect()


@pytest.mark.parametrize("name", networks.names() if EVERY_NETWORK else QUICK)
def test_real(name, tmp_path):
    check(name, tmp_path / f"{name}.so")


@pytest.mark.parametrize("name", unseen.NETWORKS)
def test_unseen(name, tmp_path):
    check(name, tmp_path / f"{name}.so")


def test_threads(tmp_path):
    check("squeezenet1_1", tmp_path / "model.so", threads=2)


def test_x86_64_v3(tmp_path):
    check("mixture", tmp_path / "model.so", target="x86-64")
