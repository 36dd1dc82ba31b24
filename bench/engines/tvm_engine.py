"""TVM's Relax with its default schedules: without days of tuning it has no others for a CPU."""

import os
from pathlib import Path

import onnx

from engines.task import Task, Unsupported

NAME = "TVM"


def version() -> str:
    """The installed version."""
    import tvm

    return tvm.__version__


def compile(task: Task, folder: Path) -> list[Path]:
    """Imports ONNX and compiles it for this CPU."""
    import tvm
    from tvm import relax
    from tvm.relax.frontend.onnx import from_onnx

    cpu = tvm.get_global_func("target.llvm_get_system_cpu")()
    try:
        module = from_onnx(onnx.load(task.model), keep_params_in_input=False)
        built = relax.build(module, tvm.target.Target({"kind": "llvm", "mcpu": cpu}))
    except Exception as error:
        raise Unsupported(str(error).strip().splitlines()[-1]) from None
    library = folder / "model.so"
    built.export_library(str(library))
    return [library]


class Loaded:
    """A virtual machine."""

    def __init__(self, task: Task, files: list[Path]):
        """Opens the library."""
        # Read when the first parallel loop runs.
        os.environ["TVM_NUM_THREADS"] = str(task.threads)
        import tvm
        from tvm import relax

        self.tvm = tvm
        self.function = relax.VirtualMachine(tvm.runtime.load_module(str(files[0])), tvm.cpu())["main"]

    def run(self, inputs: list) -> list:
        """One inference."""
        result = self.function(*[self.tvm.runtime.tensor(array) for array in inputs])
        return [value.numpy() for value in ([result] if hasattr(result, "numpy") else result)]
