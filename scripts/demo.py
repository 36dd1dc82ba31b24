"""Compiles ResNet-18 for this host and for aarch64, links each object into examples/run.c, runs and checks both.

The aarch64 program runs under qemu-user, so its time says nothing about a board.
"""

import shlex
import subprocess
import sys
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "python"))

from convopt.testing import networks, reference  # noqa: E402

COMPILER = ROOT / "build/release/bin/convopt-compile"
# The largest relative L2 distance from ONNX Runtime that is right.
LIMIT = 1e-4
TARGETS = {
    "host": {"cc": ["cc"], "run": [], "repeat": 20, "options": ["--explain"]},
    "aarch64": {
        "cc": ["aarch64-linux-gnu-gcc", "-static"],
        "run": ["qemu-aarch64"],
        "repeat": 1,
        "options": [],
    },
}


def step(*command: object) -> None:
    """Shows a command and runs it."""
    words = [str(word) for word in command]
    print("\n$ " + shlex.join(word.removeprefix(f"{ROOT}/") for word in words), flush=True)
    subprocess.run(words, check=True)


def demonstrate(target: str, name: str, network: networks.Network, folder: Path) -> float:
    """Compiles, links and runs `network` for `target`; the relative error of its output."""
    how = TARGETS[target]
    folder.mkdir(parents=True, exist_ok=True)
    network.inputs[0].tofile(folder / "input.bin")
    step(COMPILER, network.path, f"--target={target}", *how["options"], "-o", folder / f"{name}.o")
    program = folder / name
    defines = [f'-DHEADER="{name}.h"', f"-DMODEL={name}_model", f"-I{folder}"]
    step(*how["cc"], "-O2", *defines, ROOT / "examples/run.c", folder / f"{name}.o", "-lm", "-lpthread", "-o", program)
    step(*how["run"], program, folder / "input.bin", folder / "output.bin", how["repeat"])
    expected = network.outputs[0]
    output = np.fromfile(folder / "output.bin", dtype=expected.dtype).reshape(expected.shape)
    return reference.relative_error(output, expected)


def main() -> int:
    """Runs the demonstration; the exit status."""
    name = sys.argv[1] if len(sys.argv) > 1 else "resnet18"
    network = networks.network(name)
    errors = {target: demonstrate(target, name, network, ROOT / "build/demo" / target) for target in TARGETS}
    print()
    for target, error in errors.items():
        verdict = "right" if error <= LIMIT else "WRONG"
        print(f"{name} for {target}: {verdict}, relative error {error:.1e} against ONNX Runtime")
    return int(max(errors.values()) > LIMIT)


if __name__ == "__main__":
    sys.exit(main())
