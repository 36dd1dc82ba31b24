"""The peak memory of a process that runs a network: the object in a C program against ONNX Runtime.

    ./dev build convopt-compile; .deps/venv/bin/python bench/memory.py [NETWORK...] [-o FILE.csv]

Three runs each, one thread. Columns in MB: the C program that bench/memory.c is, the whole Python process that loads
ONNX Runtime and nothing else but numpy, and the same less what it held before the model was loaded. The shares are of
the first by these two; the second is that of the engines alone, ours with its program.
"""

import argparse
import csv
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "python"))

from convopt import runtime  # noqa: E402
from convopt.testing import networks  # noqa: E402

RUNTIME = """
import sys
import numpy
import onnxruntime

def resident(what):
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith(what))

options = onnxruntime.SessionOptions()
options.intra_op_num_threads = options.inter_op_num_threads = 1
options.log_severity_level = 4
inputs = dict(numpy.load(sys.argv[2]))
before = resident("VmRSS")
session = onnxruntime.InferenceSession(sys.argv[1], options, providers=["CPUExecutionProvider"])
for _ in range(3):
    session.run(None, inputs)
print(resident("VmHWM"), before)
"""


def ask(command: list) -> list[float]:
    """The numbers that `command` prints in kilobytes, in MB."""
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"memory: {command[0]} failed\n{done.stderr}")
    return [int(word) / 1e3 * 1.024 for word in done.stdout.split()]


def ours(network: networks.Network, options: dict, folder: Path) -> float:
    """The C program's."""
    model, program, data = folder / "model.o", folder / "program", folder / "inputs"
    runtime.compile_file(network.path, model, name="net", **options)
    source = Path(__file__).with_name("memory.c")
    defines = [f'-DHEADER="{model.with_suffix(".h")}"', "-DMODEL=net_model"]
    ask(["clang-19", "-O1", *defines, source, model, "-lm", "-lpthread", "-o", program])
    data.write_bytes(b"".join(array.tobytes() for array in network.inputs))
    return ask([program, data])[0]


def theirs(network: networks.Network, folder: Path) -> tuple[float, float]:
    """ONNX Runtime's, and what was there before the model."""
    import numpy
    import onnx

    graph = onnx.load(network.path, load_external_data=False).graph
    known = {tensor.name for tensor in graph.initializer}
    names = [value.name for value in graph.input if value.name not in known]
    numpy.savez(folder / "inputs.npz", **dict(zip(names, network.inputs, strict=True)))
    return tuple(ask([sys.executable, "-c", RUNTIME, network.path, folder / "inputs.npz"]))


def main() -> None:
    """Measures the networks of the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("networks", nargs="*", help="names of test/models (default: all)")
    parser.add_argument("--option", action="append", default=[], help="for convopt-compile: name=value")
    parser.add_argument("-o", dest="output", type=argparse.FileType("w"), help="where to write CSV")
    args = parser.parse_args()
    options = {name: value or True for name, _, value in (o.lstrip("-").partition("=") for o in args.option)}
    heads = ["network", "convopt_mb", "onnxruntime_mb", "onnxruntime_own_mb", "share", "share_of_own"]
    writer = csv.writer(args.output) if args.output else None
    if writer:
        writer.writerow(heads)
    print("{:20} {:>11} {:>15} {:>19} {:>6} {:>13}".format(*heads))
    for name in args.networks or sorted(path.stem for path in networks.TOPOLOGIES.glob("*.onnx")):
        network = networks.network(name)
        with tempfile.TemporaryDirectory(prefix="convopt-memory-") as folder:
            mine = ours(network, options, Path(folder))
            whole, before = theirs(network, Path(folder))
        own = whole - before
        row = [name, *(f"{number:.1f}" for number in (mine, whole, own)), f"{mine / whole:.2f}", f"{mine / own:.2f}"]
        print("{:20} {:>11} {:>15} {:>19} {:>6} {:>13}".format(*row), flush=True)
        if writer:
            writer.writerow(row)


if __name__ == "__main__":
    main()
