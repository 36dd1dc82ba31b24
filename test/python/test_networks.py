"""The cache of the tests' networks: taken as it is, and made anew where what it was made of is another."""

import numpy as np
from convopt.testing import networks


def test_a_network_is_prepared_once(tmp_path):
    first = networks.network("mixture", tmp_path)
    made = first.path.stat().st_mtime_ns
    second = networks.network("mixture", tmp_path)
    assert second.path.stat().st_mtime_ns == made
    for a, b in zip(first.inputs + first.outputs, second.inputs + second.outputs, strict=True):
        np.testing.assert_array_equal(a, b)


def test_a_network_of_other_origin_is_made_anew(tmp_path):
    path = networks.network("mixture", tmp_path).path
    answers = path.with_suffix(".npz")
    with np.load(answers) as data:
        arrays = dict(data)
    for change in ({"origin": np.array("another")}, None):
        stale = {name: array * 0 for name, array in arrays.items() if name != "origin"} | (change or {})
        np.savez(answers, **stale)
        path.write_bytes(b"")
        found = networks.network("mixture", tmp_path)
        assert path.stat().st_size > 0
        np.testing.assert_array_equal(found.outputs[0], arrays["output0"])


def test_the_origin_is_that_of_the_topology(tmp_path, monkeypatch):
    before = networks.origin("resnet18")
    assert before == networks.origin("resnet18")
    assert before != networks.origin("resnet50")
    changed = tmp_path / "resnet18.onnx"
    changed.write_bytes((networks.TOPOLOGIES / "resnet18.onnx").read_bytes() + b" ")
    monkeypatch.setattr(networks, "TOPOLOGIES", tmp_path)
    assert before != networks.origin("resnet18")
