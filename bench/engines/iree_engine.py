"""IREE compiled ahead of time for this CPU."""

import subprocess
import sys
from pathlib import Path

import numpy as np

from engines.task import Task, Unsupported

NAME = "IREE"

# Without it convolutions keep ONNX's layout, which takes several times as long.
CHANNELS_LAST = "builtin.module(util.func(iree-preprocessing-convert-conv-to-channels-last))"


def version() -> str:
    """The installed version."""
    from importlib.metadata import version as installed

    return installed("iree-base-runtime")


def compile(task: Task, folder: Path) -> list[Path]:
    """Imports ONNX and compiles with the highest optimisation level, images in NHWC."""
    from iree.compiler import tools

    source, module = folder / "model.mlir", folder / "model.vmfb"
    command = [sys.executable, "-m", "iree.compiler.tools.import_onnx", task.model, "-o", source]
    # The importer takes newer operator sets only.
    result = subprocess.run([*command, "--opset-version", "17"], capture_output=True, text=True)
    if result.returncode:
        raise Unsupported(f"import: {(result.stderr.strip() or 'failed').splitlines()[-1]}")
    options = ["--iree-llvmcpu-target-cpu=host", "--iree-opt-level=O3"]
    options.append(f"--iree-preprocessing-pass-pipeline={CHANNELS_LAST}")
    try:
        tools.compile_file(
            str(source), output_file=str(module), target_backends=["llvm-cpu"], input_type="auto", extra_args=options
        )
    except tools.CompilerToolError as error:
        lines = [line for line in str(error).splitlines() if "error:" in line]
        raise Unsupported(f"compile: {lines[0] if lines else 'failed'}") from None
    source.unlink()
    return [module]


class Loaded:
    """A module in a context of its own."""

    def __init__(self, task: Task, files: list[Path]):
        """Maps the module; one thread computes in the caller."""
        from iree import runtime

        if task.threads > 1:
            runtime.flags.parse_flags(f"--task_topology_group_count={task.threads}")
        config = runtime.Config("local-sync" if task.threads == 1 else "local-task")
        context = runtime.SystemContext(config=config)
        context.add_vm_module(runtime.VmModule.mmap(context.instance, str(files[0])))
        module = next(module for name, module in context.modules.items() if name != "hal")
        names = [name for name in module.vm_module.function_names if not name.startswith("__")]
        self.function = module[next(name for name in names if not name.endswith("$async"))]

    def run(self, inputs: list) -> list:
        """One inference."""
        results = self.function(*inputs)
        results = results if isinstance(results, (list, tuple)) else [results]
        return [np.asarray(value.to_host()) for value in results]
