"""What the compiler's catalogue of primitives has, as convopt-profile says it: no name is taken apart here."""

import json
import subprocess

from convopt.runtime import CompileError, find_tool


def _ask(*arguments, text=None):
    command = [str(find_tool("convopt-profile")), *map(str, arguments)]
    result = subprocess.run(command, input=text, capture_output=True, text=True)
    if result.returncode:
        raise CompileError(result.stderr.strip() or f"convopt-profile ended with status {result.returncode}")
    return json.loads(result.stdout)


def catalogue(model=None, *options):
    """The primitives and, for each distinct layer of a model, all choices: what convopt-profile --catalogue prints."""
    return _ask("--catalogue", *([] if model is None else [model]), *options)


def describe_choices(names):
    """For each name of a choice what it says: {"primitive": "direct", "input": "nhwc", ..., "pixels": 6, ...}."""
    names = list(names)
    return _ask("--choices=-", text="".join(f"{name}\n" for name in names)) if names else []
