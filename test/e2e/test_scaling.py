"""Models of thousands of nodes, hundreds of layers and hundreds of inputs, against ONNX Runtime.

How their compilation grows is measured by bench/scaling.py; what grows as the square of their size would be noticed
here by whoever waits for it.
"""

import numpy as np
import pytest
from convopt import compile
from convopt.testing import networks, reference, scaling

MODELS = {
    "2000 element-wise nodes": lambda: scaling.elementwise(2000),
    # More calls in a row than LLVM is to optimise as machine code.
    "2400 convolutions and Relus": lambda: scaling.pointwise(2400),
    "1000 nodes of eight kinds": lambda: scaling.mixed(1000),
    "DenseNet of 150 layers": lambda: scaling.dense(150, kernel=1, growth=1),
    "500 inputs": lambda: scaling.inputs(500),
}


@pytest.mark.parametrize("name", MODELS)
def test_numbers(name):
    model = MODELS[name]()
    data = networks.random_inputs(model)
    for ours, theirs in zip(compile(model).run(data), reference.run(model.SerializeToString(), data), strict=True):
        assert np.isfinite(theirs).all() and np.ptp(theirs) > 0
        assert reference.relative_error(ours, theirs) < 1e-4
