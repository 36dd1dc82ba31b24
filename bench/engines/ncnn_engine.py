"""ncnn in single precision, its models made by pnnx."""

import subprocess
from pathlib import Path

import numpy as np

from engines.task import Task, Unsupported, refuse_quantised

NAME = "ncnn"


def version() -> str:
    """The installed version."""
    from importlib.metadata import version as installed

    return installed("ncnn")


def _converter() -> Path:
    # The package's Python side imports PyTorch; the program beside it does not need it.
    from importlib.metadata import PackageNotFoundError, files

    try:
        found = [path for path in files("pnnx") or [] if path.name == "pnnx" and path.parent.name == "pnnx"]
    except PackageNotFoundError:
        found = []
    if not found:
        raise ImportError("pnnx is not installed")
    return Path(found[0].locate())


def compile(task: Task, folder: Path) -> list[Path]:
    """Converts with pnnx, which writes its files beside the model."""
    refuse_quantised(task)
    model = folder / "model.onnx"
    model.symlink_to(task.model.resolve())
    shapes = ",".join(f"[{','.join(map(str, shape))}]f32" for shape in task.inputs.values())
    command = [_converter(), model, f"inputshape={shapes}", "fp16=0"]
    result = subprocess.run(command, capture_output=True, text=True, errors="replace", cwd=folder)
    files = [folder / "model.ncnn.param", folder / "model.ncnn.bin"]
    if result.returncode or not all(path.exists() for path in files):
        raise Unsupported(f"pnnx ended with status {result.returncode}")
    return files


class Loaded:
    """A network whose blobs are called in0... and out0..., as pnnx names them."""

    def __init__(self, task: Task, files: list[Path]):
        """Reads the converted model."""
        import ncnn

        self.ncnn = ncnn
        self.net = ncnn.Net()
        option = self.net.opt
        option.num_threads = task.threads
        option.use_vulkan_compute = False
        for name in dir(option):
            if name.startswith(("use_fp16_", "use_bf16_", "use_int8_")):
                setattr(option, name, False)
        if self.net.load_param(str(files[0])) or self.net.load_model(str(files[1])):
            raise Unsupported("the converted model cannot be loaded")
        self.shapes = list(task.outputs.values())

    def run(self, inputs: list) -> list:
        """One inference. ncnn knows no batch: that dimension is dropped and put back."""
        results = []
        with self.net.create_extractor() as extractor:
            for index, array in enumerate(inputs):
                extractor.input(f"in{index}", self.ncnn.Mat(array[0] if array.ndim == 4 else array))
            for index, shape in enumerate(self.shapes):
                status, value = extractor.extract(f"out{index}")
                if status:
                    raise Unsupported(f"inference ended with status {status}")
                results.append(np.array(value).reshape(shape))
        return results
