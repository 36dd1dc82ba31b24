"""convopt for Python: compile networks and run them; measure primitives and train the cost model."""

from convopt.compiled import CompiledFile
from convopt.compiler import CompileWarning, compile
from convopt.runtime import CompileError, Model, compile_file
from convopt.version import find_version

__version__ = find_version()
__all__ = ["CompileError", "CompileWarning", "CompiledFile", "Model", "compile", "compile_file"]
