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
