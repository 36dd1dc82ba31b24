"""OpenVINO's CPU plugin (oneDNN), one stream, in single precision; a quantised model in integers.

Between its integers the plugin may compute in bfloat16 where the CPU has it, as by default.
"""

from pathlib import Path

from engines.task import Task, Unsupported

NAME = "OpenVINO"


def version() -> str:
    """The installed version."""
    from importlib.metadata import version as installed

    return installed("openvino")


def compile(task: Task, folder: Path) -> list[Path]:
    """Nothing to do: the engine reads ONNX."""
    return [task.model]


def convolution_types(model) -> set[str]:
    """The types in which a compiled model's convolutions and products run: i8, u8, bf16, f32."""
    weighing = ("Convolution", "FullyConnected", "MatMul")
    info = [node.get_rt_info() for node in model.get_runtime_model().get_ordered_ops()]
    return {str(entry["runtimePrecision"].astype(str)) for entry in info if entry["layerType"].astype(str) in weighing}


class Loaded:
    """A compiled model and its one request."""

    # Without this hint the plugin may compute in bfloat16.
    PRECISION = "f32"

    def __init__(self, task: Task, files: list[Path]):
        """Reads the model and generates its code."""
        import openvino

        settings = {
            "INFERENCE_NUM_THREADS": task.threads,
            "NUM_STREAMS": 1,
            # It would move the process off the core that the comparison runs on.
            "ENABLE_CPU_PINNING": False,
        }
        if not task.quantised:
            settings["INFERENCE_PRECISION_HINT"] = self.PRECISION
        self.model = openvino.Core().compile_model(str(files[0]), "CPU", settings)
        if task.quantised and not convolution_types(self.model) & {"i8", "u8"}:
            raise Unsupported("it computes this quantised model without integers")
        self.request = self.model.create_infer_request()

    def run(self, inputs: list) -> list:
        """One inference; the outputs live until the next."""
        results = self.request.infer(inputs, share_inputs=True, share_outputs=True)
        return [results[port] for port in self.model.outputs]
