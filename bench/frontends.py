"""Compiles networks by way of other front ends: are they right, and as fast as by the import from ONNX?

    python bench/frontends.py [NETWORK...] [--only=torch-mlir,tosa,iree] [--rounds=N] [--core=N]

scripts/setup.sh --tests installs the front ends; convopt.testing.frontends says what each way is. A row says how many
launches a run has, how far its outputs are from ONNX Runtime's, and its time: the least of --rounds runs on one core,
in turns with the network's other ways in the same process, and how many times that of the import from ONNX.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "python"))

from convopt.testing import frontends, networks, reference  # noqa: E402
from planning import measure, network_of, on_core  # noqa: E402

NETWORKS = [
    "squeezenet1_1",
    "mobilenet_v2",
    "resnet18",
    "resnext50_32x4d",
    "shufflenet_v2_x1_0",
    "efficientnet_b0",
]


def compile_way(way: str, network: networks.Network, folder: Path) -> dict:
    """The network by one way, loaded, with the row for it as far as no time is needed."""
    model, launches = frontends.compile_way(way, network.path, folder)
    row = {"model": model, "launches": launches}
    if network.outputs is not None:
        pairs = zip(model.run(network.inputs), network.outputs, strict=True)
        row["error"] = max(reference.relative_error(a, b) for a, b in pairs)
    return row


def compare(network: networks.Network, ways: list, core: int, rounds: int) -> tuple[dict, dict]:
    """A row for each way that can be gone, and why the others cannot."""
    rows, refused = {}, {}
    with tempfile.TemporaryDirectory(prefix="convopt-bench-") as folder:
        for way in ways:
            try:
                rows[way] = compile_way(way, network, Path(folder))
            except RuntimeError as why:
                refused[way] = str(why)
    with on_core(core):
        times = measure([row["model"] for row in rows.values()], network.inputs, rounds)
    for row, milliseconds in zip(rows.values(), times, strict=True):
        row["ms"] = milliseconds
    return rows, refused


def main():
    """Prints a row for each network and way."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("networks", nargs="*", default=NETWORKS, help="names of test/models or .onnx files")
    parser.add_argument("--only", default="torch-mlir,tosa,iree", help="ways beside the import from ONNX, by commas")
    parser.add_argument("--rounds", type=int, default=200, help="runs of each")
    parser.add_argument("--core", type=int, default=max(os.sched_getaffinity(0)), help="where to run")
    arguments = parser.parse_args()
    print(f"{'network':20} {'way':12} {'launches':>8} {'error':>9} {'ms':>9} {'to ONNX':>8}", flush=True)
    for name in arguments.networks:
        ways = ["onnx", *filter(None, arguments.only.split(","))]
        rows, refused = compare(network_of(name), ways, arguments.core, arguments.rounds)
        for way, row in rows.items():
            error = f"{row['error']:.1e}" if "error" in row else ""
            ratio = f"{row['ms'] / rows['onnx']['ms']:.3f}" if "onnx" in rows else ""
            print(f"{name:20} {way:12} {row['launches']:8} {error:>9} {row['ms']:9.3f} {ratio:>8}", flush=True)
        for way, why in refused.items():
            print(f"{name:20} {way:12} {why}", flush=True)


if __name__ == "__main__":
    main()
