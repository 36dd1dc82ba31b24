"""The version of the package, which CMakeLists.txt says."""

import re
from pathlib import Path


def find_version() -> str:
    """Of an installed package what was written into it, else what its checkout says."""
    try:
        from convopt._version import version

        return version
    except ImportError:
        text = (Path(__file__).parents[2] / "CMakeLists.txt").read_text()
        return re.search(r"project\(convopt VERSION ([0-9.]+)", text)[1]
