"""Compiles networks by way of other front ends: are they right, and in as many kernels as by the import from ONNX?

    python bench/frontends.py [NETWORK...] [--only=onnx,torch-mlir,iree] [--no-run]

bench/frontends.sh installs the front ends. torch-mlir imports ONNX into its own dialect and lowers that to linalg on
tensors. IREE's importer writes the same dialect, which the same lowering takes. For each way a row says how many
launches a run has and, unless --no-run is given, how far its outputs are from ONNX Runtime's; a network that multiplies
rounding errors (see convopt.testing.reference.sensitivity) is as far by every way.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "python"))

from convopt.runtime import Model, compile_file, find_tool  # noqa: E402
from convopt.testing import networks, reference  # noqa: E402

TOOLS = ROOT / ".deps" / "frontends" / "bin"
NETWORKS = [
    "squeezenet1_1",
    "mobilenet_v2",
    "resnet18",
    "resnext50_32x4d",
    "shufflenet_v2_x1_0",
    "efficientnet_b0",
]
IMPORTERS = {"torch-mlir": "torch-mlir-import-onnx", "iree": "iree-import-onnx"}
LOWERING = ["--torch-onnx-to-torch-backend-pipeline", "--torch-backend-to-linalg-on-tensors-backend-pipeline"]
KERNELS = "builtin.module(convopt-normalise,func.func(convopt-select-primitives),convopt-kernels)"
SHORT = ["--mlir-elide-resource-strings-if-larger=16", "--mlir-elide-elementsattrs-if-larger=16"]


def run(*command) -> str:
    """The output of a program; its last line of complaint as an error."""
    result = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if result.returncode:
        lines = [line for line in result.stderr.splitlines() if "error:" in line] or result.stderr.splitlines()[-1:]
        raise RuntimeError((lines or ["failed"])[0][:200])
    return result.stdout


def to_linalg(front_end: str, model: Path, folder: Path) -> Path:
    """The network as `front_end` writes it, lowered to linalg on tensors."""
    linalg = folder / f"{front_end}.mlir"
    if front_end == "onnx":
        run(find_tool("convopt-compile"), model, "--emit=linalg", "-o", linalg)
        return linalg
    imported = folder / f"{front_end}.torch.mlir"
    run(TOOLS / IMPORTERS[front_end], model, "-o", imported, "--opset-version", "17")
    run(TOOLS / "torch-mlir-opt", *LOWERING, imported, "-o", linalg)
    imported.unlink()
    return linalg


def count_launches(linalg: Path) -> int:
    """Launches in a run of the network."""
    text = run(find_tool("convopt-opt"), linalg, f"--pass-pipeline={KERNELS}", *SHORT)
    return text.count("convopt.launch @")


def error_of(network: networks.Network, linalg: Path, folder: Path) -> float:
    """How far the outputs are from those of ONNX Runtime, of the norm."""
    library = folder / "model.so"
    compile_file(linalg, library, emit="shared")
    outputs = Model(library).run(network.inputs)
    return max(reference.relative_error(a, b) for a, b in zip(outputs, network.outputs, strict=True))


def main():
    """Prints a row for each network and front end."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("networks", nargs="*", default=NETWORKS)
    parser.add_argument("--only", default="onnx,torch-mlir,iree", help="front ends, separated by commas")
    parser.add_argument("--no-run", action="store_true", help="count launches only")
    arguments = parser.parse_args()
    print(f"{'network':22} {'front end':12} {'launches':>8} {'error':>9}", flush=True)
    for name in arguments.networks:
        network = networks.network(name)
        for front_end in arguments.only.split(","):
            with tempfile.TemporaryDirectory() as folder:
                try:
                    linalg = to_linalg(front_end, network.path, Path(folder))
                    launches = count_launches(linalg)
                    error = "" if arguments.no_run else f"{error_of(network, linalg, Path(folder)):.1e}"
                except Exception as why:
                    print(f"{name:22} {front_end:12} {why}", flush=True)
                    continue
                print(f"{name:22} {front_end:12} {launches:8} {error:>9}", flush=True)


if __name__ == "__main__":
    main()
