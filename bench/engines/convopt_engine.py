"""The object of convopt-compile for this host, as a shared library."""

import subprocess
from pathlib import Path

from convopt import runtime
from engines.task import Task

NAME = "convopt"


def version() -> str:
    """The commit that is checked out."""
    command = ["git", "-C", str(Path(__file__).parent), "describe", "--always", "--dirty"]
    result = subprocess.run(command, capture_output=True, text=True)
    return result.stdout.strip() or "unknown"


def compile(task: Task, folder: Path) -> list[Path]:
    """Calls convopt-compile, with the command line's further options."""
    library = folder / "model.so"
    options = dict(option.lstrip("-").partition("=")[::2] for option in task.options)
    options = {name: value or True for name, value in options.items()}
    runtime.compile_file(task.model, library, emit="shared", target="host", threads=task.threads, **options)
    return [library]


class Loaded:
    """The library, opened."""

    def __init__(self, task: Task, files: list[Path]):
        """Opens it."""
        self.model = runtime.Model(files[0])

    def run(self, inputs: list) -> list:
        """One inference."""
        return self.model.run(inputs)
