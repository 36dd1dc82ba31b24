"""Says what several threads gain: kernel by kernel for networks, and what a parallel loop costs at least.

    python bench/threads.py [NETWORK...] [--threads 2]

Each network is compiled for one thread and for several; both are run in turns, many short runs, and of each kernel
the least times count. A node's kernels are taken together, since the choices need not be the same.
"""

import argparse
import os
import subprocess
import tempfile
from pathlib import Path

import kernels
from convopt.testing import networks
from kernels import Kernel

ROOT = Path(__file__).resolve().parent.parent
RUNTIME = ROOT / "lib" / "Runtime" / "c"


def pool_costs(threads: int, compiler: str = "clang-19") -> dict[str, float]:
    """Microseconds of the runtime's parallel loops, by what they are (see pool.c)."""
    with tempfile.TemporaryDirectory(prefix="convopt-threads-") as folder:
        program = Path(folder) / "pool"
        sources = [Path(__file__).with_name("pool.c"), *sorted(RUNTIME.glob("*.c"))]
        command = [compiler, "-O2", f"-DPOOL_THREADS={threads}", f"-I{RUNTIME}", f"-I{ROOT / 'include'}"]
        subprocess.run([*command, *sources, "-o", program, "-lpthread"], check=True)
        text = subprocess.run([program], capture_output=True, text=True, check=True).stdout
    return {name: float(number) for name, number, _ in (line.rsplit(" ", 2) for line in text.splitlines())}


def least(turns: list[list[Kernel]]) -> dict[str, float]:
    """Seconds of each node, its kernels' least times of all turns together."""
    nodes: dict[str, float] = {}
    for same in zip(*turns, strict=True):
        name = f"{same[0].kind} {same[0].shape} {same[0].node}" if same[0].node in ("", "-") else same[0].node
        nodes[name] = nodes.get(name, 0) + min(kernel.seconds for kernel in same)
    return nodes


def losses(one: dict[str, float], several: dict[str, float], threads: int) -> list[tuple[float, str]]:
    """Seconds by which each node misses the `threads`-th part of its time with one thread; the largest first."""
    lost = ((seconds - one.get(name, 0) / threads, name) for name, seconds in several.items())
    return sorted(lost, reverse=True)


def scaling(model: Path, threads: int, rounds: int, repeat: int) -> tuple[list[float], list[dict[str, float]]]:
    """Of one thread and of several: seconds of the fastest run, and of each node."""
    core = max(os.sched_getaffinity(0))
    with tempfile.TemporaryDirectory(prefix="convopt-threads-") as folder:
        paths = [Path(folder) / f"model{count}.so" for count in (1, threads)]
        for path, count in zip(paths, (1, threads), strict=True):
            kernels.compile_profiled(model, path, count, [])
        pairs = list(zip(paths, (core, None), strict=True))
        turns = [[kernels.time_library(path, on, repeat) for path, on in pairs] for _ in range(rounds)]
    columns = list(zip(*turns, strict=True))
    fastest = [min(whole for _, whole, _ in column) for column in columns]
    return fastest, [least([found for found, _, _ in column]) for column in columns]


def main() -> None:
    """Prints both."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("networks", nargs="*", help="names of test/models or .onnx files")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=10, help="turns of each object")
    parser.add_argument("--repeat", type=int, default=10, help="runs a turn")
    parser.add_argument("--kernels", type=int, default=8, help="how many nodes to list that lose most")
    arguments = parser.parse_args()
    for name, microseconds in pool_costs(arguments.threads).items():
        print(f"{microseconds:10.2f} us  {name}")
    for name in arguments.networks:
        path = Path(name) if name.endswith(".onnx") else networks.network(name).path
        (one, several), nodes = scaling(path, arguments.threads, arguments.rounds, arguments.repeat)
        print(f"{path.stem}: {one * 1e3:.3f} ms -> {several * 1e3:.3f} ms, {one / several:.2f} times")
        for lost, node in losses(*nodes, arguments.threads)[: arguments.kernels]:
            before, after = nodes[0].get(node, 0), nodes[1][node]
            print(f"{lost * 1e6:10.1f} us lost: {before * 1e6:9.1f} -> {after * 1e6:9.1f}  {node}")


if __name__ == "__main__":
    main()
