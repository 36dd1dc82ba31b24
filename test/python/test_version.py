"""The package's version is the tools'."""

import subprocess

import convopt
from convopt.runtime import find_tool


def test_one_version_for_all():
    said = subprocess.run([find_tool("convopt-run"), "--version"], check=True, capture_output=True, text=True).stdout
    assert said.startswith(f"convopt {convopt.__version__}, ")
