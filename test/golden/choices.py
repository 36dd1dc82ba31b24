"""The primitive that is chosen for each convolution of a network.

    choices.py --check [NETWORK...]   compares with the golden files, one for each network and target
    choices.py --update [NETWORK...]  writes them: after the cost model was trained again, or the catalogue of
                                      primitives has changed; a refactoring leaves them as they are

Predicted times are left out, so that only a different choice is a difference. Needs convopt-compile in the PATH (or
in build/release/bin).
"""

import difflib
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import onnx
from convopt.testing import weights

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
TARGETS = ["x86-64", "aarch64"]
# VGG-16 is left out: a gigabyte of weights to print, and layers like those of the others.
NETWORKS = sorted(path.stem for path in (ROOT / "test/models").glob("*.onnx") if path.stem != "vgg16")


def choices(model, target):
    """Lines of name, layer or shape, choice."""
    path = os.pathsep.join([os.environ["PATH"], str(ROOT / "build/release/bin")])
    found = model.with_suffix(".json")
    command = ["convopt-compile", str(model), f"--target={target}", "--emit=annotated", f"--explain=json:{found}"]
    subprocess.run([*command, "-o", model.with_suffix(".mlir")], env={**os.environ, "PATH": path}, check=True)
    said = json.loads(found.read_text())
    rows = [(conv["name"], conv["summary"], conv["choice"]) for conv in said["convolutions"]]
    rows += [(conv["name"], conv["summary"], "none") for conv in said["excluded"]]
    rows += [
        (one["name"], "x".join(map(str, one["shape"])), f"{one['from']}->{one['to']}")
        for one in said["transformations"]
    ]
    return ["  ".join(row) + "\n" for row in rows]


def main(mode, networks):
    differences = 0
    for network in networks:
        with tempfile.TemporaryDirectory() as folder:
            model = pathlib.Path(folder, network + ".onnx")
            onnx.save(weights.expand_topology(onnx.load(ROOT / "test/models" / model.name)), model)
            for target in TARGETS:
                golden = HERE / f"{network}.{target}.txt"
                actual = choices(model, target)
                if mode == "--update":
                    golden.write_text("".join(actual))
                    continue
                expected = golden.read_text().splitlines(keepends=True)
                lines = list(difflib.unified_diff(expected, actual, golden.name, "now", n=0))
                sys.stdout.writelines(lines)
                differences += bool(lines)
    return differences and f"{differences} golden files differ"


if __name__ == "__main__":
    if sys.argv[1:2] not in (["--check"], ["--update"]):
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1], sys.argv[2:] or NETWORKS))
