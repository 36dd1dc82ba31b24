"""Compares random graphs with ONNX Runtime, or onnx's reference where that differs, each in a process of its own.

    python test/fuzz/run.py [--first SEED] [--count COUNT] [--target aarch64] [-j JOBS]

Prints the seeds that fail, why, and how to have one of them alone. A failure is a refusal or a crash of the compiler or
of what it made, a wrong type or shape, NaN where there is none or the reverse, or a relative L2 error above 1e-4.
"""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import onnx
from convopt import Model, compile_file
from convopt.testing import graphs, isolated, programs, reference
from onnx.reference import ReferenceEvaluator

PROGRAM = Path(__file__).parents[1] / "e2e" / "run_model.c"
SECONDS = 60  # for one compilation, which takes less than one


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--count", type=int, default=300, help="how many seeds from there on")
    parser.add_argument("--target", choices=["host", "aarch64"], default="host")
    parser.add_argument("-j", type=int, default=os.cpu_count(), help="graphs at a time")
    arguments = parser.parse_args()
    start = time.time()
    seeds = range(arguments.first, arguments.first + arguments.count)
    failures = 0
    for line in failed(seeds, arguments.target, arguments.j):
        failures += 1
        print(line, flush=True)
    if failures:
        print("python -m convopt.testing.graphs SEED -o FILE writes the graph of one seed, with its inputs and outputs")
    print(f"{arguments.count - failures} of {arguments.count} graphs passed in {time.time() - start:.0f} s")
    return 1 if failures else 0


def failed(seeds, target: str = "host", jobs: int | None = None):
    """Yields a line for every seed whose graph fails."""
    for seed, result in isolated.each(seeds, lambda seed: check(seed, target), jobs):
        if result != "passed":
            lines = [line.strip() for line in result.removeprefix("failed ").splitlines() if line.strip()]
            yield f"FAILED   seed {seed}: {' | '.join(lines[:4])[:400]}"


def check(seed: int, target: str) -> str:
    """'passed', or raises."""
    graph = graphs.build(seed)
    with tempfile.TemporaryDirectory(prefix="convopt-fuzz-") as folder:
        path = Path(folder) / "graph.onnx"
        onnx.save(graph.model, path)
        outputs = run_host(path, graph) if target == "host" else run_program(path, graph, target)
    try:
        compare_all(graph, outputs, graph.outputs)
    except AssertionError:
        # Where the engines differ, as on casts that one leaves out, the standard's reference decides.
        try:
            by_reference = reference_outputs(graph)
        except Exception:  # It lacks some operators.
            by_reference = graph.outputs
        compare_all(graph, outputs, by_reference)
    return "passed"


def reference_outputs(graph: graphs.Graph) -> list:
    """What onnx's reference evaluator computes."""
    names = [value.name for value in graph.model.graph.input]
    return ReferenceEvaluator(graph.model).run(None, dict(zip(names, graph.inputs, strict=True)))


def compare_all(graph: graphs.Graph, outputs: list, expected: list):
    """Raises unless all outputs are as expected."""
    names = [value.name for value in graph.model.graph.output]
    for name, actual, array, tolerance in zip(names, outputs, expected, graph.tolerances, strict=True):
        compare(name, actual, array, tolerance)


def run_host(path: Path, graph: graphs.Graph) -> list:
    """The outputs of a shared library."""
    library = path.with_suffix(".so")
    compile_file(path, library, emit="shared", timeout=SECONDS)
    return Model(library, fill=0xFF).run(graph.inputs)


def run_program(path: Path, graph: graphs.Graph, target: str) -> list:
    """The outputs of a C program around an object, under an emulator."""
    built, program = path.with_suffix(".o"), path.with_suffix(".exe")
    compile_file(path, built, target=target, timeout=SECONDS)
    flags = [f'-DHEADER="{path.with_suffix(".h")}"', "-DMODEL=graph_model"]
    programs.link(program, [PROGRAM], [built], target, flags)
    inputs = [path.with_suffix(f".input{i}") for i in range(len(graph.inputs))]
    outputs = [path.with_suffix(f".output{i}") for i in range(len(graph.outputs))]
    for file, array in zip(inputs, graph.inputs, strict=True):
        array.tofile(file)
    programs.execute(program, *inputs, *outputs, target=target)
    pairs = zip(outputs, graph.outputs, strict=True)
    return [np.fromfile(file, array.dtype).reshape(array.shape) for file, array in pairs]


def compare(name: str, actual: np.ndarray, expected: np.ndarray, tolerance: float):
    """Raises unless the two have the same type and shape and nearly the same values."""
    assert actual.dtype == expected.dtype, f"{name} is {actual.dtype} instead of {expected.dtype}"
    assert actual.shape == expected.shape, f"{name} is {actual.shape} instead of {expected.shape}"
    if actual.dtype.kind != "f":
        wrong = int(np.sum(actual != expected))
        assert not wrong, f"{name}: {wrong} of {actual.size} elements are wrong"
        return
    undefined = np.isnan(expected)
    wrong = int(np.sum(np.isnan(actual) != undefined))
    assert not wrong, f"{name}: {wrong} of {actual.size} elements are NaN and should not be, or the reverse"
    actual, expected = (np.where(undefined, 0, array) for array in (actual, expected))
    error = reference.relative_error(actual, expected)
    assert error <= tolerance, f"{name}: the relative error is {error:.2g}"


if __name__ == "__main__":
    sys.exit(main())
