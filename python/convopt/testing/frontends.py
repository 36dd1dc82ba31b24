"""Networks as other front ends write them: lowered to linalg on tensors, which convopt-compile takes.

Each way starts from an ONNX file. torch-mlir imports it into its own dialect and lowers that to linalg, or to TOSA,
which IREE's pipeline for TOSA lowers to linalg (upstream's passes; mlir-opt 19 would not read TOSA of today). IREE's
importer writes the same dialect as torch-mlir's, which the same lowering takes. scripts/setup.sh --tests installs them.
"""

import json
import re
import subprocess
from pathlib import Path

from convopt.runtime import Model, compile_file, find_tool

TOOLS = Path(__file__).parents[3] / ".deps" / "frontends" / "bin"
IMPORTERS = {"torch-mlir": "torch-mlir-import-onnx", "tosa": "torch-mlir-import-onnx", "iree": "iree-import-onnx"}
WAYS = ("onnx", *IMPORTERS)
# Backend contract, as torch-mlir calls it: ONNX's operators in terms of Torch's.
TO_TORCH = "--torch-onnx-to-torch-backend-pipeline"
TO_LINALG = "--torch-backend-to-linalg-on-tensors-backend-pipeline"
TO_TOSA = "--torch-backend-to-tosa-backend-pipeline"


def are_installed() -> bool:
    """Whether all ways can be gone; they cannot on machines that there are no packages for."""
    return (TOOLS / "torch-mlir-opt").exists() and (TOOLS / "iree-opt").exists()


def run(*command) -> str:
    """The output of a program; its first line of complaint as an error."""
    result = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if result.returncode:
        lines = [line for line in result.stderr.splitlines() if "error:" in line] or result.stderr.splitlines()[-1:]
        raise RuntimeError((lines or ["failed"])[0][:200])
    return result.stdout


def to_linalg(way: str, model: Path, folder: Path) -> Path:
    """The file that the network of an ONNX file becomes in `folder` on one of WAYS."""
    linalg = folder / f"{way}.mlir"
    if way == "onnx":
        run(find_tool(), model, "--emit=linalg", "-o", linalg)
        return linalg
    imported = folder / f"{way}.imported.mlir"
    run(TOOLS / IMPORTERS[way], model, "-o", imported, "--opset-version", "17")
    if way == "tosa":
        tosa = folder / "tosa.tosa.mlir"
        # Names and brackets of two releases differ less where everything is written out.
        run(TOOLS / "torch-mlir-opt", TO_TORCH, TO_TOSA, "--mlir-print-op-generic", imported, "-o", tosa)
        run(TOOLS / "iree-opt", "--iree-tosa-input-transformation-pipeline", tosa, "-o", linalg)
        tosa.unlink()
        # What the module says of TOSA means nothing to it any more, nor to others.
        text = linalg.read_text()
        linalg.write_text(re.sub(r"^module attributes \{tosa\..*\} \{$", "module {", text, count=1, flags=re.MULTILINE))
    else:
        run(TOOLS / "torch-mlir-opt", TO_TORCH, TO_LINALG, imported, "-o", linalg)
    imported.unlink()
    return linalg


def compile_way(way: str, model: Path, folder: Path, **options) -> tuple[Model, int]:
    """The network of an ONNX file on one of WAYS, compiled and loaded, and how many launches a run of it has.

    Kernels that several ways have in common are compiled once for `folder`.
    """
    linalg = to_linalg(way, model, folder)
    library, explanation = folder / f"{way}.so", folder / f"{way}.json"
    options |= {"emit": "shared", "name": "net", "cache_dir": folder / "kernels", "explain": f"json:{explanation}"}
    compile_file(linalg, library, **options)
    linalg.unlink()
    steps = json.loads(explanation.read_text())["steps"]
    return Model(library), sum("launch" in step for step in steps)
