"""One module an engine. Each has NAME, version(), compile() and Loaded; see engines.task for what they are given.

compile(task, folder) converts or compiles ahead of time and returns the files that a deployed program needs beside the
engine itself; Loaded(task, files) makes them ready, and Loaded.run(inputs) is one inference. What a module needs is
imported inside its functions: an engine that is not installed raises ImportError when it is used.
"""

from importlib import import_module
from types import ModuleType

# In single precision, or in that of a quantised model.
DEFAULT = ("convopt", "onnxruntime", "openvino", "ncnn", "mnn", "iree", "tvm")
NAMES = (*DEFAULT, "openvino-bf16")


def engine(name: str) -> ModuleType:
    """The module of one of NAMES."""
    return import_module(f"engines.{name.replace('-', '_')}_engine")
