"""Compiles random models of one operator each and compares them with ONNX Runtime and onnx's reference evaluator.

    python test/fuzz/operators.py [--first SEED] [--count COUNT] [-j JOBS]

A failure is a refusal, another type or shape, or other values than both of the references give; where only one of them
can run a model, that one decides. Seeds of one opset are compiled together, at first: a compilation costs more than
what it compiles. Where one of them fails, all of that model are compiled alone. Prints the seeds that fail, and why.
"""

import argparse
import os
import sys
import tempfile
import time
import warnings
from pathlib import Path

import numpy as np
import onnx
from convopt import Model, compile_file
from convopt.testing import isolated, reference, single
from onnx.reference import ReferenceEvaluator

SECONDS = 120  # for one compilation
TOGETHER = 40  # cases of one model


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--count", type=int, default=2000, help="how many seeds from there on")
    parser.add_argument("-j", type=int, default=os.cpu_count(), help="models at a time")
    arguments = parser.parse_args()
    start, failures = time.time(), 0
    for line in failed(range(arguments.first, arguments.first + arguments.count), arguments.j):
        failures += 1
        print(line, flush=True)
    print(f"{arguments.count - failures} of {arguments.count} models passed in {time.time() - start:.0f} s")
    return 1 if failures else 0


def failed(seeds, jobs: int | None = None):
    """Yields a line for every seed that fails."""
    by_opset = {}
    for seed in seeds:
        case = single.draw(seed)
        by_opset.setdefault(case.opset, []).append(case)
    groups = [cases[i : i + TOGETHER] for _, cases in sorted(by_opset.items()) for i in range(0, len(cases), TOGETHER)]
    for _, result in isolated.each(list(range(len(groups))), lambda i: check(groups[i]), jobs):
        yield from result.removesuffix("passed").splitlines()


def check(cases) -> str:
    """A line for each of the cases that fails, then 'passed'."""
    try:
        outputs = compiled(cases)
    except Exception as error:
        if len(cases) > 1:
            return "".join(check([case]).removesuffix("passed") for case in cases) + "passed"
        return f"{describe(cases[0])}: {' '.join(str(error).split())[:300]}\npassed"
    report = ""
    for case in cases:
        given = [outputs.pop(0) for _ in case.node.output]
        if problem := judge(case, given):
            report += f"{describe(case)}: {problem}\n"
    return report + "passed"


def describe(case) -> str:
    """What stands for it in a report."""
    return f"FAILED   seed {case.seed}: {case.node.op_type} of opset {case.opset}"


def compiled(cases) -> list:
    """What convopt computes, the outputs of all cases one after the other."""
    with tempfile.TemporaryDirectory(prefix="convopt-operators-") as folder:
        path = Path(folder) / "cases.onnx"
        model = single.join(cases)
        onnx.save(model, path)
        library = path.with_suffix(".so")
        compile_file(path, library, emit="shared", timeout=SECONDS)
        arrays = {name: array for case in cases for name, array in case.inputs.items()}
        return Model(library, fill=0xFF).run([arrays[value.name] for value in model.graph.input])


def judge(case, outputs) -> str | None:
    """What is wrong with the outputs: nothing if either reference gives the same."""
    references = list(expectations(case))
    if not references:
        return None  # nobody can say what is right
    problems = [difference(case, outputs, expected) for expected in references]
    return None if None in problems else problems[0]


def expectations(case):
    """What ONNX Runtime gives, then what the reference evaluator does, as far as they can."""
    model = single.join([case])
    try:
        yield reference.run(model.SerializeToString(), list(case.inputs.values()))
    except Exception:
        pass
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield ReferenceEvaluator(model).run(None, case.inputs)
    except Exception:
        pass


def difference(case, outputs, expected) -> str | None:
    """Where two sets of outputs differ."""
    for i, (a, b) in enumerate(zip(outputs, expected, strict=True)):
        b = np.asarray(b)
        if a.dtype != b.dtype or a.shape != b.shape:
            return f"output {i} is {a.dtype}{a.shape} instead of {b.dtype}{b.shape}"
        if a.dtype.kind != "f":
            if wrong := int(np.sum(a != b)):
                return f"output {i}: {wrong} of {a.size} elements are wrong"
            continue
        special = ~np.isfinite(b)
        if not np.array_equal(a[special], b[special], equal_nan=True) or not np.isfinite(a[~special]).all():
            return f"output {i}: infinite or NaN where it should not be, or the reverse"
        error = reference.relative_error(a[~special], b[~special])
        if error > case.tolerance:
            return f"output {i}: the relative error is {error:.2g}"
    return None


if __name__ == "__main__":
    sys.exit(main())
