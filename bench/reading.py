"""The memory that reading a model takes: at most three times its size and 256 MB.

    ./dev build convopt-compile; .deps/venv/bin/python bench/reading.py [MODEL...] [--megabytes 500]

Reads each model (default: those of test/models with random weights, and models of so many megabytes that keep their
weights in each of the ways that ONNX has) by convopt-compile, which ends when it has read it, and prints the peak of
its resident memory (VmHWM), with the pages of mapped files. Status 1 if one takes more than that.
"""

import argparse
import fcntl
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "python"))

from convopt import runtime  # noqa: E402
from convopt.testing import networks  # noqa: E402

BASE = 256 << 20
WAYS = ("raw data", "float data", "half data", "external data", "one tensor", "constants")


def make_model(path: Path, megabytes: int, way: str) -> None:
    """A chain of matrix products whose weights are that large together, and kept in one of WAYS."""
    element, width = (np.float16, 2) if way == "half data" else (np.float32, 4)
    count = 1 if way == "one tensor" else 8
    rows = max(1, (megabytes << 20) // (width * count * 1024))
    nodes, weights = [], []
    for i in range(count):
        array = np.random.default_rng(i).standard_normal((1024, rows), np.float32).astype(element)
        if way == "float data":
            weight = TensorProto(name=f"w{i}", data_type=TensorProto.FLOAT, dims=array.shape, float_data=array.ravel())
        elif way == "half data":
            bits = array.view(np.uint16).ravel()
            weight = TensorProto(name=f"w{i}", data_type=TensorProto.FLOAT16, dims=array.shape, int32_data=bits)
        else:
            weight = numpy_helper.from_array(array, f"w{i}")
        if way == "constants":
            nodes.append(helper.make_node("Constant", [], [f"w{i}"], value=weight))
        else:
            weights.append(weight)
        nodes.append(helper.make_node("MatMul", ["x", f"w{i}"], [f"y{i}"]))
    kind = helper.np_dtype_to_tensor_dtype(np.dtype(element))
    value = lambda name, columns: helper.make_tensor_value_info(name, kind, [1, columns])  # noqa: E731
    outputs = [value(f"y{i}", rows) for i in range(count)]
    graph = helper.make_graph(nodes, "large", [value("x", 1024)], outputs, weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    if way == "external data":
        onnx.save(model, path, save_as_external_data=True, location="large.data", size_threshold=0)
    else:
        path.write_bytes(model.SerializeToString())


def size_of(path: Path) -> int:
    """The bytes of a model, with its external data."""
    return sum(file.stat().st_size for file in (path, path.with_name("large.data")) if file.exists())


def status_of(pid: int) -> dict:
    """The fields of /proc."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return {name: rest.strip() for name, _, rest in (line.partition(":") for line in lines)}


def peak(path: Path) -> int:
    """The most bytes that reading it has had in memory.

    With -v the compiler says on standard error which stage has begun. That is a pipe which is full when it has
    said that the first one, import, has: with the name of the second one it has to wait, and is looked at and killed.
    """
    command = [runtime.find_tool(), path, "--emit=annotated", "-v", "-o", "/dev/null"]
    said, pipe = os.pipe()
    filling = fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, 4096) - len("convopt-compile: import\n")
    os.write(pipe, bytes(filling))
    child = subprocess.Popen(command, stderr=pipe)
    os.close(pipe)
    while (status := status_of(child.pid))["State"][0] in "RD":
        time.sleep(0.01)
    os.read(said, filling)
    with open(said) as file:
        words = [file.readline(), file.readline()]
        child.kill()
    child.wait()
    if words != ["convopt-compile: import\n", "convopt-compile: normalisation\n"]:
        raise RuntimeError(f"{path}: {' '.join(words)}")
    return int(status["VmHWM"].split()[0]) << 10


def judge(name: str, path: Path) -> bool:
    """Prints what reading takes; whether that is within the limit."""
    size, most = size_of(path), peak(path)
    limit = 3 * size + BASE
    print(f"{name:20} {size >> 20:5} MB: {most >> 20:5} MB of {limit >> 20} MB", flush=True)
    return most <= limit


def main() -> None:
    """As the module says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="*", type=Path)
    parser.add_argument("--megabytes", type=int, default=500, help="of weights in the models that are made")
    arguments = parser.parse_args()
    good = True
    for path in arguments.models:
        good &= judge(path.stem, path)
    if not arguments.models:
        for path in sorted(networks.TOPOLOGIES.glob("*.onnx")):
            good &= judge(path.stem, networks.network(path.stem).path)
        for way in WAYS:
            with tempfile.TemporaryDirectory(prefix="convopt-reading-") as folder:
                make_model(Path(folder) / "large.onnx", arguments.megabytes, way)
                good &= judge(way, Path(folder) / "large.onnx")
    sys.exit(0 if good else "reading.py: more than three times the size and 256 MB")


if __name__ == "__main__":
    main()
