"""The primitive that is chosen for each convolution of a network.

    choices.py NETWORK TARGET    prints them
    choices.py --update          writes all golden files: after the cost model was trained again, or the catalogue of
                                 primitives has changed; a refactoring leaves them as they are

Predicted times are left out, so that only a different choice is a difference. Needs convopt-compile in the PATH (or
in build/release/bin).
"""

import os
import pathlib
import re
import subprocess
import sys
import tempfile

import onnx
from convopt.testing import weights

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parent.parent
TARGETS = ["x86-64", "aarch64"]
NETWORKS = ["resnet18", "mobilenet_v2", "squeezenet1_1", "convnext_atto", "efficientnet_b0"]


def choices(network, target):
    with tempfile.TemporaryDirectory() as folder:
        model = pathlib.Path(folder, network + ".onnx")
        onnx.save(weights.expand_topology(onnx.load(ROOT / "test/models" / model.name)), model)
        path = os.pathsep.join([os.environ["PATH"], str(ROOT / "build/release/bin")])
        command = ["convopt-compile", str(model), f"--target={target}", "--emit=annotated", "--explain"]
        done = subprocess.run(
            [*command, "-o", model.with_suffix(".mlir")],
            env={**os.environ, "PATH": path},
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
    # Columns are two spaces apart: name, layer or shape, choice, time, others.
    rows = [re.split(r"  +", line) for line in done.stdout.splitlines()]
    if not rows or rows[0][:3] != ["convolution", "layer", "choice"]:
        sys.exit(f"{' '.join(command)}: no table of choices")
    return "".join("  ".join(row[:3]) + "\n" for row in rows[1:] if row[0] != "total")


def update():
    for network in NETWORKS:
        for target in TARGETS:
            text = choices(network, target)
            (HERE / f"{network}.{target}.txt").write_text(text)
            print(f"{network} {target}: {len(text.splitlines())} lines")


if __name__ == "__main__":
    if sys.argv[1:] == ["--update"]:
        update()
    elif len(sys.argv) == 3:
        print(choices(*sys.argv[1:]), end="")
    else:
        sys.exit(__doc__)
