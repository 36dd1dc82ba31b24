"""convopt for Python: compile networks and run them; measure primitives and train the cost model."""

from convopt.runtime import CompileError, Model, compile, compile_file
from convopt.version import find_version

__all__ = ["CompileError", "Model", "compile", "compile_file"]
__version__ = find_version()
