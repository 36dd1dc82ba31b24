"""OpenVINO's CPU plugin (oneDNN) in single precision, one stream."""

from pathlib import Path

from engines.task import Task

NAME = "OpenVINO"


def version() -> str:
    """The installed version."""
    from importlib.metadata import version as installed

    return installed("openvino")


def compile(task: Task, folder: Path) -> list[Path]:
    """Nothing to do: the engine reads ONNX."""
    return [task.model]


class Loaded:
    """A compiled model and its one request."""

    def __init__(self, task: Task, files: list[Path]):
        """Reads the model and generates its code."""
        import openvino

        settings = {
            # Without this hint the plugin may compute in bfloat16.
            "INFERENCE_PRECISION_HINT": "f32",
            "INFERENCE_NUM_THREADS": task.threads,
            "NUM_STREAMS": 1,
            # It would move the process off the core that the comparison runs on.
            "ENABLE_CPU_PINNING": False,
        }
        self.model = openvino.Core().compile_model(str(files[0]), "CPU", settings)
        self.request = self.model.create_infer_request()

    def run(self, inputs: list) -> list:
        """One inference; the outputs live until the next."""
        results = self.request.infer(inputs, share_inputs=True, share_outputs=True)
        return [results[port] for port in self.model.outputs]
