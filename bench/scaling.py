"""How the time and memory of a compilation grow with the number of nodes, layers or inputs.

    ./dev build convopt-compile; .deps/venv/bin/python bench/scaling.py [FAMILY...] [--sizes 1250 2500] [-- OPTION...]

Compiles models of python/convopt/testing/scaling.py (default: all) at sizes that double, and prints for each the
seconds of CPU of each stage, those of its child processes included, the peak of the largest process's memory
(resident), and how many operands the nodes have together. Behind a figure stands the exponent of its growth since the
size before: the logarithm of their ratio over that of the operands', 1 for what is linear. Seconds of CPU, not of the
clock, so that a busy machine tells the same.
"""

import argparse
import math
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

import onnx

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "python"))

from convopt import runtime  # noqa: E402
from convopt.testing import scaling  # noqa: E402

TICKS = os.sysconf("SC_CLK_TCK")
# Below this the clock's ticks and noise are what grows.
LEAST = 0.1


def processor_seconds(pid: int) -> float:
    """Of a process and of those of its children that have ended."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / TICKS


def compile_once(model: Path, options: list) -> dict:
    """Seconds by stage, 'total' and, in megabytes, 'memory'.

    With -v the compiler names each stage on standard error as it begins.
    """
    command = [runtime.find_tool(), model, "-v", "-o", model.with_suffix(".o"), *options]
    child = subprocess.Popen([str(word) for word in command], stderr=subprocess.PIPE, text=True)
    found, stage, start, rest = {}, "start", 0.0, []
    for line in child.stderr:
        name = line.strip().removeprefix("convopt-compile: ")
        if name == line.strip() or "error" in name or "note" in name:
            rest.append(line)
            continue
        now = processor_seconds(child.pid)
        found[stage] = found.get(stage, 0) + now - start
        stage, start = name, now
    _, status, usage = os.wait4(child.pid, 0)
    if status:
        raise RuntimeError(f"{model.stem}: {''.join(rest) or status}")
    total = usage.ru_utime + usage.ru_stime
    found[stage] = found.get(stage, 0) + total - start
    # ru_maxrss is the largest of the process and its ended children.
    return {**found, "total": total, "memory": usage.ru_maxrss / 1024}


def operands(model: onnx.ModelProto) -> int:
    """Of all nodes together."""
    return sum(len(node.input) for node in model.graph.node)


def cell(name: str, value: float, before: float | None, growth: float) -> str:
    """A figure and, where it is large enough to say something, its exponent."""
    text = f"{value:.0f} MB" if name == "memory" else f"{value:.2f} s"
    if before is None or min(before, value) < (1 if name == "memory" else LEAST):
        return text
    return f"{text} ({math.log(value / before) / growth:.2f})"


def measure(family: str, sizes: list, options: list) -> None:
    """Prints a line for each size."""
    make, usual = scaling.FAMILIES[family]
    before = None
    for size in sizes or usual:
        model = make(size)
        with tempfile.TemporaryDirectory(prefix="convopt-scaling-") as folder:
            path = Path(folder) / "model.onnx"
            onnx.save(model, path)
            found = compile_once(path, options)
        count = operands(model)
        growth = math.log(count / before[0]) if before else 1
        cells = [
            f"{name} {cell(name, value, before[1].get(name) if before else None, growth)}"
            for name, value in found.items()
        ]
        print(f"{family} {size}, {count} operands: {'; '.join(cells)}", flush=True)
        before = count, found


def main() -> None:
    """As the module says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("families", nargs="*", metavar="FAMILY", help=", ".join(scaling.FAMILIES))
    parser.add_argument("--sizes", type=int, nargs="+", help="instead of those of the family")
    words = sys.argv[1:]
    end = words.index("--") if "--" in words else len(words)
    arguments = parser.parse_args(words[:end])
    if unknown := set(arguments.families) - set(scaling.FAMILIES):
        parser.error(f"no such family: {', '.join(sorted(unknown))}")
    # Deep recursion is one of the things that grow.
    resource.setrlimit(resource.RLIMIT_STACK, (8 << 20, resource.getrlimit(resource.RLIMIT_STACK)[1]))
    for family in arguments.families or scaling.FAMILIES:
        measure(family, arguments.sizes, words[end + 1 :])


if __name__ == "__main__":
    main()
