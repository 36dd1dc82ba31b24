"""Networks in 8-bit integers are as near to exact results as ONNX Runtime, which sums up in f32, or nearer."""

import convopt
import numpy as np
import pytest
from convopt.testing import quantised_networks
from convopt.testing.quantised_networks import EXACT, OWN, PLAIN, Judgement

INPUTS = 4


@pytest.mark.parametrize("name, kind", [("squeezenet1_1", "u8s8"), ("shufflenet_v2_x1_0", "s8s8")])
def test_network(name, kind, tmp_path):
    path = quantised_networks.network(name, kind)
    convopt.compile_file(path, tmp_path / "model.so", emit="shared")
    with convopt.Model(tmp_path / "model.so") as model:
        judged = quantised_networks.judge(name, path, {"convopt": lambda inputs: model.run(inputs)[0]}, INPUTS, True)
    assert quantised_networks.is_good(judged, "convopt"), judged
    assert judged[EXACT]["convopt"].other_top <= judged[EXACT][PLAIN].other_top


def test_what_is_counted():
    one = np.float32([0, 1, 2, 3]) * np.float32(0.3)
    other = np.float32([0, 2, 2, 1]) * np.float32(0.3)
    assert quantised_networks.agree(one, one, 0.3) == (0, 0, 0, True)
    assert quantised_networks.agree(one, other, 0.3) == (2, 0.5, 0.25, False)


@pytest.mark.parametrize(
    ("reference", "usual", "beyond", "good"),
    [
        (PLAIN, 0, 0.001, True),
        (PLAIN, 0, 0.002, False),
        (PLAIN, 0.01, 0.02, True),
        (PLAIN, 0.01, 0.021, False),
        (EXACT, 0.01, 0.015, True),
        (EXACT, 0.01, 0.016, False),
    ],
)
def test_how_much_is_good(reference, usual, beyond, good):
    """What ONNX Runtime itself is off by decides, once it is more than 0.1 %."""
    ours, others = Judgement(1, beyond, 9, 0), Judgement(1, usual, 9, 0)
    judged = {PLAIN: {"convopt": ours, OWN: others}}
    if reference == EXACT:
        judged = {PLAIN: {"convopt": Judgement(1, 1, 9, 0), OWN: others}, EXACT: {"convopt": ours, PLAIN: others}}
    assert quantised_networks.is_good(judged, "convopt") == good
