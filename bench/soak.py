"""Run a compiled network for a long time: the same bits each time, and no growth of memory.

    ./dev build convopt-compile; .deps/venv/bin/python bench/soak.py [NETWORK] [--seconds 600] [--option threads=2]

Four threads, each with a workspace of its own, run the object at once (bench/soak.c); every output must have the bits
of the first, though workspaces begin full of rubbish and anew every 50 runs. The memory of the process is sampled 20
times a second: after the first runs of all threads it may grow by no more than 1 MB. Status 1 if it does, or if a bit
differs.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "python"))

from convopt import runtime  # noqa: E402
from convopt.testing import networks, programs  # noqa: E402

ALLOWED = 1024  # KB


def soak(path: Path, inputs: list, seconds: float, options: dict) -> str:
    """Compiles and runs; what came of it in one line. Raises where bits differ or memory grows."""
    with tempfile.TemporaryDirectory(prefix="convopt-soak-") as name:
        folder = Path(name)
        model, data = folder / "model.o", folder / "inputs"
        runtime.compile_file(path, model, name="net", **options)
        data.write_bytes(b"".join(array.tobytes() for array in inputs))
        flags = [f'-DHEADER="{model.with_suffix(".h")}"', "-DMODEL=net_model"]
        program = programs.link(folder / "soak", [Path(__file__).with_name("soak.c")], [model], flags=flags)
        result = subprocess.run([program, data, str(seconds)], capture_output=True, text=True, timeout=seconds + 600)
    if result.returncode:
        raise RuntimeError("other bits" if result.returncode == 3 else f"status {result.returncode}: {result.stderr}")
    runs, first, most = map(int, result.stdout.split())
    said = f"{runs} runs of {seconds:g} s with the same bits, {first / 1024:.1f} MB, at most {most / 1024:.1f} MB"
    if most - first > ALLOWED:
        raise RuntimeError(f"memory grows: {said}")
    return said


def main() -> None:
    """As the module says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("network", nargs="?", default="squeezenet1_1", help="a name of test/models")
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--option", action="append", default=[], help="for convopt-compile: name=value")
    arguments = parser.parse_args()
    options = {name: value or True for name, _, value in (o.lstrip("-").partition("=") for o in arguments.option)}
    network = networks.network(arguments.network)
    try:
        print(f"{arguments.network}: {soak(network.path, network.inputs, arguments.seconds, options)}")
    except RuntimeError as problem:
        sys.exit(f"soak.py: {arguments.network}: {problem}")


if __name__ == "__main__":
    main()
