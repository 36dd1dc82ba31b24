"""Times convopt beside other engines: same models, same input, one process pinned to one core, runs interleaved.

    python bench/compare.py resnet18 resnet50 [--rounds 30] [--core 1] [--threads 1] [-o results]

Names are networks of test/models or paths of .onnx files. Each round runs every engine once, so that a change of the
machine's speed meets all of them; the figures are each engine's minimum and median. Errors are relative L2 against
ONNX Runtime without optimisations. Writes a table (and RESULTS.csv) that names the CPU and every version.
"""

import argparse
import csv
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import numpy as np
import onnx
import onnxruntime

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "python"))

from convopt.testing import networks, reference  # noqa: E402


def cpu_name() -> str:
    """The processor's name as the kernel gives it."""
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":")[1].strip()
    return platform.processor()


class OnnxRuntime:
    """ONNX Runtime on its CPU provider, every graph optimisation on."""

    name = f"onnxruntime {onnxruntime.__version__}"

    def __init__(self, model: Path, threads: int):
        """Loads `model`."""
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 4
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])

    def run(self, inputs: list[np.ndarray]) -> list[np.ndarray]:
        """One inference."""
        names = [i.name for i in self.session.get_inputs()]
        return self.session.run(None, dict(zip(names, inputs, strict=True)))


class Convopt:
    """Our object for this host, as a shared library."""

    name = "convopt"

    def __init__(self, model: Path, threads: int, options: list[str] | None = None):
        """Compiles `model` with convopt-compile and loads the result."""
        from convopt.runtime import Model

        self.folder = tempfile.TemporaryDirectory()
        library = Path(self.folder.name) / "model.so"
        tool = ROOT / "build/release/bin/convopt-compile"
        command = [tool, model, "--target=host", "--emit=shared", f"--threads={threads}", "-o", library]
        subprocess.run([*command, *(options or [])], check=True)
        self.model = Model(library)

    def run(self, inputs: list[np.ndarray]) -> list[np.ndarray]:
        """One inference."""
        return self.model.run(inputs)


def prepare(name: str) -> networks.Network:
    """A network of the tests, or any model file with random inputs."""
    if not name.endswith(".onnx"):
        return networks.network(name)
    inputs = networks.random_inputs(onnx.load(name))
    return networks.Network(Path(name), inputs, reference.run(name, inputs))


def compare(network: networks.Network, rounds: int, threads: int, cores: set[int]) -> list[dict]:
    """A row an engine for one network."""
    model, inputs, expected = network
    rows = []
    engines = []
    for engine in (Convopt, OnnxRuntime):
        start = time.perf_counter()
        instance = engine(model, threads)
        setup = time.perf_counter() - start
        outputs = instance.run(inputs)
        error = max(reference.relative_error(a, b) for a, b in zip(outputs, expected, strict=True))
        engines.append((instance, []))
        rows.append({"engine": engine.name, "setup_s": round(setup, 2), "error": f"{error:.1e}"})
    if threads == 1:
        os.sched_setaffinity(0, cores)
    for _ in range(rounds):
        for instance, times in engines:
            start = time.perf_counter()
            instance.run(inputs)
            times.append((time.perf_counter() - start) * 1e3)
    for row, (_, times) in zip(rows, engines, strict=True):
        row["min_ms"] = round(min(times), 3)
        row["median_ms"] = round(statistics.median(times), 3)
    for row in rows:
        row["ratio"] = round(row["min_ms"] / rows[0]["min_ms"], 3)
    return rows


def main() -> None:
    """Compares the networks named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("networks", nargs="+")
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--core", type=int, default=1, help="the first core of the process")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("-o", "--output", type=Path, help="also write the rows to this CSV file")
    arguments = parser.parse_args()

    cores = os.sched_getaffinity(0)
    print(f"{cpu_name()}, {arguments.threads} thread(s), onnxruntime {onnxruntime.__version__}, {date.today()}")
    print(f"{'network':24} {'engine':20} {'min ms':>9} {'median':>9} {'ratio':>6} {'error':>8} {'set-up s':>8}")
    rows = []
    for name in arguments.networks:
        os.sched_setaffinity(0, cores)
        network = prepare(name)
        # Compiling uses every core; running must not.
        for row in compare(network, arguments.rounds, arguments.threads, {arguments.core}):
            rows.append({"network": name, **row})
            print(
                f"{name:24} {row['engine']:20} {row['min_ms']:9.3f} {row['median_ms']:9.3f} {row['ratio']:6.2f}"
                f" {row['error']:>8} {row['setup_s']:8.2f}",
                flush=True,
            )
    if arguments.output:
        with arguments.output.open("w", newline="") as file:
            writer = csv.DictWriter(file, rows[0].keys())
            writer.writeheader()
            writer.writerows(rows)


if __name__ == "__main__":
    main()
