"""Convopt as its users have it: installed, moved elsewhere, and without the folders that it was built in.

The commands of the tests run where the checkout, the build and what both were made with are empty folders, so that
nothing can come from there.
"""

import importlib.util
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ["CONVOPT_BIN"]).resolve().parent
# In the environment's own folder: the checkout, which has a link to it, is not there for the commands.
ENVIRONMENT = Path(sys.prefix).resolve()
HALIDE = Path(importlib.util.find_spec("halide").origin).resolve().parent
HIDDEN = [BUILD, SOURCE, (ENVIRONMENT.parent / "onnx").resolve(), HALIDE]
UNSHARE = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--mount", "--map-root-user"]


class Project:
    """A CMake project outside of convopt: its source folder and its build folder."""

    def __init__(self, machine: "Machine", source: Path, build: Path):
        """Does nothing yet."""
        self.machine, self.source, self.build = machine, source, build

    def configure(self, *options, generator: str = "Ninja", fails: bool = False) -> str:
        """Configures it with convopt on the path of prefixes; returns what CMake says."""
        prefix = f"-DCMAKE_PREFIX_PATH={self.machine.prefix}"
        command = ["cmake", "-S", self.source, "-B", self.build, f"-G{generator}", prefix, *options]
        output = self.machine.run(*command, fails=fails)
        # CMake breaks the lines of its messages.
        return " ".join(output.split())

    def make(self, fails: bool = False) -> str:
        """Builds it; returns what the build tool says."""
        return self.machine.run("cmake", "--build", self.build, "--verbose", fails=fails)


class Machine:
    """A machine with convopt at `prefix` and no checkout of it."""

    def __init__(self, prefix: Path, folder: Path, hidden: Sequence[Path] = ()):
        """`folder` is where tests may write; `hidden` are further folders that are empty for its commands."""
        self.prefix, self.folder, self.hidden = prefix, folder, [*HIDDEN, *hidden]
        self.empty = folder / "empty"
        self.empty.mkdir()

    def run(self, *command, fails: bool = False) -> str:
        """Runs a command; its output and errors. A status that is not expected raises with them."""
        script = "".join(
            f"mount --bind {shlex.quote(str(self.empty))} {shlex.quote(str(path))} && " for path in self.hidden
        )
        words = [*UNSHARE, "sh", "-c", script + 'exec "$@"', "sh", *map(str, command)]
        environment = {
            "PATH": f"{ENVIRONMENT / 'bin'}:/usr/local/bin:/usr/bin:/bin",
            "HOME": os.environ.get("HOME", "/"),
            # Other runs have the same files under another name.
            "CMAKE_C_COMPILER_LAUNCHER": "ccache",
            "CMAKE_CXX_COMPILER_LAUNCHER": "ccache",
            "CCACHE_BASEDIR": str(self.folder),
            "CCACHE_NOHASHDIR": "1",
        }
        # Its folder is not in the checkout: the folder that a process is in stays reachable.
        result = subprocess.run(
            words, cwd=self.folder, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        assert bool(result.returncode) == fails, f"{shlex.join(words)}: {result.returncode}\n{result.stdout}"
        return result.stdout

    def tool(self, name: str, *arguments, **options) -> str:
        """Runs an installed program."""
        return self.run(self.prefix / "bin" / name, *arguments, **options)

    def example(self, name: str) -> Path:
        """The folder of an installed example."""
        return self.prefix / "share/convopt/examples" / name


@pytest.fixture(scope="session")
def machine(tmp_path_factory):
    folder = tmp_path_factory.mktemp("machine")
    command = ["cmake", "--install", BUILD, "--prefix", folder / "first"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    prefix = folder / "moved and with spaces"
    (folder / "first").rename(prefix)
    return Machine(prefix, folder)


@pytest.fixture
def project(machine):
    """project(NAME, TEXT of CMakeLists.txt, {file: contents}) or project(NAME of an example)."""
    made = []

    def project(name, text=None, files=None):
        folder = machine.folder / f"project-{len(made)}-{name}"
        made.append(folder)
        if text is None:
            return Project(machine, machine.example(name), folder)
        (folder / "source").mkdir(parents=True)
        (folder / "source/CMakeLists.txt").write_text("cmake_minimum_required(VERSION 3.20)\n" + text)
        for path, contents in (files or {}).items():
            (folder / "source" / path).write_text(contents)
        return Project(machine, folder / "source", folder / "build")

    yield project
    for folder in made:
        shutil.rmtree(folder, ignore_errors=True)
