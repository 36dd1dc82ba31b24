"""The wheel's console scripts: each becomes the program of its name that lies in the package convopt.

The program itself cannot lie where scripts do: it finds its libraries by the way from its folder to theirs, and from
that one it differs with Python's version and the kind of installation. The package is looked up and not imported, which
would take longer than all the rest; so this is no module of it.
"""

import os
import sys
from importlib.util import find_spec


def _become(tool: str):
    package = find_spec("convopt").submodule_search_locations[0]
    halide = find_spec("halide")
    if halide and not os.path.exists(os.path.join(package, "..", "halide", "lib64", "libHalide.so")):
        # It may be installed elsewhere: for all environments, say.
        libraries = [os.path.join(halide.submodule_search_locations[0], "lib64"), os.environ.get("LD_LIBRARY_PATH")]
        os.environ["LD_LIBRARY_PATH"] = os.pathsep.join(filter(None, libraries))
    os.execv(os.path.join(package, "bin", tool), [tool, *sys.argv[1:]])


def convopt_compile():
    """The compiler."""
    _become("convopt-compile")


def convopt_kernels():
    """Compiles kernels alone."""
    _become("convopt-kernels")


def convopt_opt():
    """Runs passes."""
    _become("convopt-opt")


def convopt_profile():
    """Measures."""
    _become("convopt-profile")


def convopt_run():
    """Runs models."""
    _become("convopt-run")
