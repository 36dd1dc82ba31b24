"""Networks in 8-bit integers give ONNX Runtime's results, but for sums that are rounded to another quantum."""

import convopt
import numpy as np
import pytest
from convopt.testing import quantised_networks

INPUTS = 4


@pytest.mark.parametrize("name, kind", [("squeezenet1_1", "u8s8"), ("shufflenet_v2_x1_0", "s8s8")])
def test_network(name, kind, tmp_path):
    path = quantised_networks.network(name, kind)
    convopt.compile_file(path, tmp_path / "model.so", emit="shared")
    with convopt.Model(tmp_path / "model.so") as model:
        judged = quantised_networks.judge(name, path, {"convopt": lambda inputs: model.run(inputs)[0]}, INPUTS)
    assert quantised_networks.is_good(judged["convopt"], judged[quantised_networks.OWN]), judged
    assert judged["convopt"].other_top == 0


def test_what_is_counted():
    one = np.float32([0, 1, 2, 3]) * np.float32(0.3)
    other = np.float32([0, 2, 2, 1]) * np.float32(0.3)
    assert quantised_networks.agree(one, one, 0.3) == (0, 0, 0, True)
    assert quantised_networks.agree(one, other, 0.3) == (2, 0.5, 0.25, False)
