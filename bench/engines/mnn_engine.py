"""MNN on the CPU, precision high."""

from pathlib import Path

import numpy as np

from engines.task import Task, Unsupported, refuse_quantised

NAME = "MNN"


def version() -> str:
    """The installed version."""
    import MNN

    return MNN.version()


def compile(task: Task, folder: Path) -> list[Path]:
    """Converts with the function behind mnnconvert.

    The command itself is not called: it installs a package into whatever Python is first on PATH and sends reports.
    """
    refuse_quantised(task)
    import _tools

    result = folder / "model.mnn"
    arguments = ["-f", "ONNX", "--modelFile", str(task.model), "--MNNModel", str(result), "--bizCode", "bench"]
    _tools.mnnconvert(["mnnconvert", *arguments])
    if not result.exists():
        raise Unsupported("the converter made no model")
    return [result]


class Loaded:
    """A session."""

    def __init__(self, task: Task, files: list[Path]):
        """Reads the converted model and plans its memory."""
        import MNN

        self.mnn = MNN
        self.interpreter = MNN.Interpreter(str(files[0]))
        settings = {"backend": "CPU", "numThread": task.threads, "precision": "high"}
        self.session = self.interpreter.createSession(settings)
        self.inputs = [self.interpreter.getSessionInput(self.session, name) for name in task.inputs]
        self.outputs = [self.interpreter.getSessionOutput(self.session, name) for name in task.outputs]
        self.shapes = list(task.outputs.values())

    def run(self, inputs: list) -> list:
        """One inference."""
        for tensor, array in zip(self.inputs, inputs, strict=True):
            tensor.copyFrom(self._host(array))
        self.interpreter.runSession(self.session)
        results = [np.empty(shape, np.float32) for shape in self.shapes]
        for index, tensor in enumerate(self.outputs):
            host = self._host(results[index])
            tensor.copyToHostTensor(host)
            results[index] = np.array(host.getNumpyData()).reshape(results[index].shape)
        return results

    def _host(self, array: np.ndarray):
        return self.mnn.Tensor(array.shape, self.mnn.Halide_Type_Float, array, self.mnn.Tensor_DimensionType_Caffe)
