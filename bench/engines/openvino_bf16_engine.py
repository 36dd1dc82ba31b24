"""OpenVINO's CPU plugin (oneDNN) in bfloat16, where the CPU has it: other results than those of f32, by 0.4 %."""

from engines import openvino_engine
from engines.openvino_engine import compile, version  # noqa: F401
from engines.task import Task, Unsupported

NAME = "OpenVINO bf16"


class Loaded(openvino_engine.Loaded):
    """A compiled model and its one request."""

    PRECISION = "bf16"

    def __init__(self, task: Task, files: list):
        """Reads the model and generates its code."""
        if task.quantised:
            raise Unsupported("the model is quantised: engine openvino runs it")
        super().__init__(task, files)
        if "bf16" not in openvino_engine.convolution_types(self.model):
            raise Unsupported("it does not compute in bfloat16 on this CPU")
