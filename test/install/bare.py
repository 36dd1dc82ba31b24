"""Run by bare.sh in an environment that has the wheel alone: what Python computes is what convopt-run has computed."""

import subprocess

import convopt
import numpy as np

model = convopt.compile("/task/classify.onnx", target="x86-64")
assert (
    convopt.__version__
    in subprocess.run(
        ["/task/venv/bin/convopt-compile", "--version"], check=True, capture_output=True, text=True
    ).stdout
)
(image,) = model.inputs
zeros = np.zeros(image.shape, image.dtype)
np.save("/task/zeros.npy", zeros)
subprocess.run(
    ["/task/venv/bin/convopt-run", "/task/classify.so", "--input=/task/zeros.npy", "--output=/task/of-zeros.npy"],
    check=True,
)
np.testing.assert_array_equal(model(zeros), np.load("/task/of-zeros.npy"))
