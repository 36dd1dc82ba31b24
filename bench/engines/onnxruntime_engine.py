"""ONNX Runtime on its CPU provider, every graph optimisation on."""

from pathlib import Path

from engines.task import Task

NAME = "ONNX Runtime"


def version() -> str:
    """The installed version."""
    import onnxruntime

    return onnxruntime.__version__


def compile(task: Task, folder: Path) -> list[Path]:
    """Nothing to do: the engine reads ONNX."""
    return [task.model]


class Loaded:
    """An inference session."""

    def __init__(self, task: Task, files: list[Path]):
        """Reads and optimises the model."""
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.log_severity_level = 4
        options.intra_op_num_threads = task.threads
        options.inter_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(str(files[0]), options, providers=["CPUExecutionProvider"])
        self.names = list(task.inputs)

    def run(self, inputs: list) -> list:
        """One inference."""
        return self.session.run(None, dict(zip(self.names, inputs, strict=True)))
