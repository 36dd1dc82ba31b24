"""What networks lose by a moved model is measured on machines whose code this one runs."""

import csv
import re
import subprocess
import sys
from pathlib import Path

import onnx
import pytest
from convopt.primitives import catalogue
from convopt.runtime import find_tool
from convopt.testing.builder import Builder

BENCH = Path(__file__).parents[2] / "bench"
sys.path.insert(0, str(BENCH))

import transfer_networks  # noqa: E402

FEATURES = "--features=+prefer-128-bit"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A network of one layer, and profiles of this CPU with 128 bits and with its own vectors."""
    folder = tmp_path_factory.mktemp("moved")
    graph = Builder("small")
    image = graph.input(1, 16, 12, 12)
    onnx.save(graph.model(graph.add("Relu", graph.conv(image, (16, 32)))), folder / "model.onnx")
    layers = [f"c={c} k={k} h=10 w=10 r={r}x{r} p=0x0x0x0" for c in (8, 24) for k in (8, 40) for r in (1, 3)]
    (folder / "layers").write_text("c=16 k=32 h=12 w=12 r=3x3 p=1x1x1x1\n" + "\n".join(layers) + "\n")
    for name, options in (("source", []), ("target", [FEATURES])):
        command = [
            find_tool("convopt-profile"),
            f"--layers={folder / 'layers'}",
            "-o",
            folder / f"{name}.csv",
            "--seconds=0.001",
        ]
        command += ["--choices-per-layer=3", "--passes=1", "--repeat=0", f"--kernel-cache={folder / 'kernels'}"]
        subprocess.run([*command, *options], check=True, capture_output=True)
    return folder


def test_own_layers_are_left_out(folder, tmp_path):
    layer = catalogue(folder / "model.onnx")["layers"][0]["layer"]
    copy = transfer_networks.without(folder / "source.csv", {layer}, tmp_path)
    rows, left = (list(csv.DictReader(path.open())) for path in (folder / "source.csv", copy))
    assert any(row["layer"] == layer for row in rows)
    assert left == [row for row in rows if row["layer"] != layer]
    assert copy.with_suffix(".json").exists()


def test_the_command_prints_losses(folder):
    command = [sys.executable, BENCH / "transfer_networks.py", folder / "source.csv", folder / "target.csv"]
    done = subprocess.run(
        [*command, folder / "model.onnx", "--share=0.3", "--rounds=2"], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    head, _, row, means = done.stdout.splitlines()
    assert re.match(r"\| network \| all samples \| im2row \|.* \| no sample \| \d+ samples \|", head)
    assert re.match(r"\| model( \| [0-9.]+)+ \|", row) and row.count("|") == head.count("|")
    assert re.match(r"\| geometric mean of losses \| 0.0%( \| -?[0-9.]+%)+ \|", means)
