"""ONNX Runtime as the reference: one thread, no optimisation, so that it computes what is written."""

import numpy as np
import onnxruntime


def session(model) -> onnxruntime.InferenceSession:
    """A session for a path or serialised bytes."""
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.intra_op_num_threads = 1
    options.log_severity_level = 4
    return onnxruntime.InferenceSession(
        str(model) if not isinstance(model, bytes) else model, options, providers=["CPUExecutionProvider"]
    )


def run(model, inputs) -> list:
    """Outputs for `inputs`, a list in the order of the graph's inputs."""
    engine = session(model)
    names = [value.name for value in engine.get_inputs()]
    return engine.run(None, dict(zip(names, inputs, strict=True)))


def relative_error(actual: np.ndarray, expected: np.ndarray) -> float:
    """L2 norm of the difference over that of `expected`; infinite if the shapes differ."""
    if actual.shape != expected.shape:
        return float("inf")
    difference = actual.astype(np.float64) - expected.astype(np.float64)
    scale = np.linalg.norm(expected.astype(np.float64))
    return float(np.linalg.norm(difference) / (scale or 1.0))


def sensitivity(model, inputs, expected) -> float:
    """The relative error that ONNX Runtime itself makes when its inputs change in their last two bits.

    No implementation in single precision can be held to less: efficientnet_b0 with random weights multiplies such a
    change by 4,000.
    """
    changed = run(model, [array * array.dtype.type(1 + 2e-7) for array in inputs])
    return max(relative_error(a, b) for a, b in zip(changed, expected, strict=True))
