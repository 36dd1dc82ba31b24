"""Compile and run a model whose weights are larger than an object can hold, within 2 GB of memory.

python bench/large_weights.py [--gigabytes 3] [--memory-limit 2] [--folder build/large] [--threads 1]

Makes a model of MatMul layers with random weights in an external data file, compiles it with --weights=external, runs
it with convopt-run, and compares its outputs with numpy's. Prints seconds, the largest anonymous memory (RssAnon of
/proc, sampled) and the largest resident memory, mapped files included, which the system may drop. With --memory-limit,
and the right to make a memory cgroup (version 1), all that runs in one with that limit, so that it fails where pages of
files could not be dropped. Needs PYTHONPATH=python.
"""

import argparse
import math
import os
import sys
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper

from convopt.testing import memory

BIN = Path(os.environ.get("CONVOPT_BIN", "build/release/bin"))
CGROUP = Path("/sys/fs/cgroup/memory/convopt-large-weights")
WIDTH = 8192


def make_model(path, gigabytes):
    """Layers of WIDTH x WIDTH: y = relu(x W), each W of 256 MiB; data that are there are kept."""
    count = math.ceil(gigabytes * 1e9 / (4 * WIDTH * WIDTH))
    nodes, weights, value = [], [], "x"
    data = path.with_suffix(".data")
    there = data.exists() and data.stat().st_size == count * 4 * WIDTH * WIDTH
    with open(data, "r+b" if there else "wb") as file:
        for i in range(count):
            weights.append(weight := onnx.TensorProto(name=f"w{i}", data_type=TensorProto.FLOAT, dims=[WIDTH, WIDTH]))
            weight.data_location = TensorProto.EXTERNAL
            for key, text in (("location", data.name), ("offset", i * 4 * WIDTH * WIDTH)):
                weight.external_data.add(key=key, value=str(text))
            if not there:
                layer(i).tofile(file)
            last = i == count - 1
            nodes.append(helper.make_node("MatMul", [value, f"w{i}"], ["y" if last else f"p{i}"], name=f"layer{i}"))
            value = f"p{i}"
            if not last:
                nodes.append(helper.make_node("Relu", [value], [f"r{i}"]))
                value = f"r{i}"
    ends = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, WIDTH]) for name in "xy"]
    graph = helper.make_graph(nodes, "large", ends[:1], ends[1:], weights)
    opsets = [helper.make_opsetid("", 17)]
    path.write_bytes(helper.make_model(graph, opset_imports=opsets, ir_version=8).SerializeToString())
    return count


def layer(i):
    """The weights of one layer."""
    return np.random.default_rng(i).standard_normal((WIDTH, WIDTH), np.float32) * np.float32(WIDTH**-0.5)


def join_cgroup():
    """Moves this process, which is about to become the compiler, to the limited group."""
    (CGROUP / "cgroup.procs").write_text(str(os.getpid()))


def measured(name, command, limited):
    """Runs a command, which ends this program if it fails; prints its time and memory."""
    usage = memory.measure(command, preexec_fn=join_cgroup if limited else None)
    gigabytes = f"{usage.anonymous / 1e9:.2f} GB anonymous, {usage.resident / 1e9:.2f} GB with files"
    print(f"{name}: {usage.seconds:.1f} s, {gigabytes}", flush=True)


def main():
    """As the module says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gigabytes", type=float, default=3)
    parser.add_argument("--memory-limit", type=float, help="in GB")
    parser.add_argument("--folder", type=Path, default=Path("build/large"))
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    model = options.folder / "large.onnx"
    count = make_model(model, options.gigabytes)
    limited = options.memory_limit is not None
    if limited:
        CGROUP.mkdir(exist_ok=True)
        (CGROUP / "memory.limit_in_bytes").write_text(str(int(options.memory_limit * 1e9)))
    library = options.folder / "large.so"
    # The file is in the page cache now, of another group.
    with open(model.with_suffix(".data"), "rb") as data:
        os.fsync(data.fileno())
        os.posix_fadvise(data.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    compiler = [BIN / "convopt-compile", model, "--weights=external", "--emit=shared", f"--threads={options.threads}"]
    measured("compiling", [*compiler, "-o", library], limited)
    print(f"{library.with_suffix('.weights').stat().st_size} bytes of weights, {library.stat().st_size} of code")

    x = np.random.default_rng(99).standard_normal((1, WIDTH), np.float32)
    np.save(options.folder / "x.npy", x)
    ends = [f"--input={options.folder / 'x.npy'}", f"--output={options.folder / 'y.npy'}"]
    measured("running", [BIN / "convopt-run", library, *ends, "--warmup=1", "--repeat=3"], limited)
    for i in range(count):
        x = x @ layer(i)
        if i < count - 1:
            x = np.maximum(x, 0)
    error = np.linalg.norm(np.load(options.folder / "y.npy") - x) / np.linalg.norm(x)
    print(f"relative error {error:.1e}")
    if error > 1e-5:
        sys.exit("wrong")


if __name__ == "__main__":
    main()
