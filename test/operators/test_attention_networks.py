"""Networks with attention behind convolutions, whole, against ONNX Runtime."""

import convopt
import numpy as np
import onnxruntime
import pytest
from convopt.testing import coatnet


@pytest.mark.parametrize("threads", [1, 2])
def test_coatnet(threads, generator):
    model = coatnet.coatnet(96, widths=(16, 16, 32, 64, 64), depths=(1, 2, 2, 1), classes=10)
    x = generator.standard_normal((1, 3, 96, 96)).astype(np.float32)
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    expected = session.run(None, {session.get_inputs()[0].name: x})[0]
    actual = convopt.compile(model, threads=threads).run([x])[0]
    np.testing.assert_allclose(actual, expected, rtol=0, atol=1e-4 * np.abs(expected).max())
