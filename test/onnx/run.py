"""Runs the onnx package's node tests through convopt-compile: 1,600 small models, each in a process of its own.

    python test/onnx/run.py [-k PATTERN] [-j JOBS] [-v]

A test passes if its model compiles and the shared library gives the expected outputs. Two lists beside this file say
what need not: skip.txt holds tests that a compiler of static tensors can't mean, refused.txt the operators, attributes
and types that convopt does not accept; such a test passes if the tool says so, in one line and without output. A
crash, a wrong result, a refusal that is not listed and a line in a list that nothing needs are failures; so are other
numbers of passed tests in docs/operators.md, which --document writes anew.
"""

import argparse
import fnmatch
import os
import re
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import onnx
from convopt import CompileError, Model, compile_file
from convopt.docs import operators, pages
from convopt.testing import FEW_TESTS, isolated, node_cases

HERE = Path(__file__).parent
SECONDS = 60  # for one test


def read_list(path: Path) -> dict:
    """Lines 'PATTERN  reason' as a dictionary; # starts a comment."""
    lines = [line.split("#")[0].strip() for line in path.read_text().splitlines()]
    return dict(re.split(r"\s{2,}", line, maxsplit=1) for line in lines if line)


def refusal(message: str, refused: dict):
    """The line of refused.txt that explains `message`, if there is one."""
    for entry in refused:
        if (entry if " " in entry else f"({entry}): the operator is not supported") in message:
            return entry
    return None


def check(case: node_cases.Case, folder: Path, refused: dict) -> str:
    """'passed', or 'refused ENTRY'; raises where the test fails."""
    model, library = folder / "model.onnx", folder / "model.so"
    onnx.save(case.model, model)
    try:
        compile_file(model, library, emit="shared", name="node", timeout=SECONDS)
    except CompileError as error:
        message = str(error)
        if "\n" in message or library.exists():
            raise
        if entry := refusal(message, refused):
            return "refused " + entry
        raise
    compiled = Model(library)
    for inputs, outputs in case.data:
        for actual, expected in zip(compiled.run(inputs), outputs, strict=True):
            assert actual.dtype == expected.dtype, f"{actual.dtype} instead of {expected.dtype}"
            assert actual.shape == expected.shape, f"{actual.shape} instead of {expected.shape}"
            if actual.dtype.kind not in "biuf":  # bfloat16
                actual, expected = actual.astype(np.float32), expected.astype(np.float32)
            # Half precision: the reference rounds after every step, we do not.
            rtol = 5e-3 if actual.dtype == np.float16 else case.rtol
            # Of zeros a transform in single precision leaves what cancels of the largest.
            atol = max(case.atol, 1e-8 * np.abs(expected).max(initial=0)) if "DFT" in case.operators else case.atol
            np.testing.assert_allclose(actual, expected, rtol, atol)
    return "passed"


def run_test(tests: dict, name: str, refused: dict) -> str:
    """The result of a test, in a process of its own."""
    with tempfile.TemporaryDirectory(prefix="convopt-node-") as folder:
        base = tests.get(re.sub(r"_expanded(_ver18)?$", "", name)) if "_expanded" in name else None
        return check(node_cases.load(tests[name], base), Path(folder), refused)


def summarise(results: dict, refused: dict, complete: bool) -> int:
    """Prints what happened; the number of failures."""
    failures = {name: text for name, text in results.items() if text.startswith("failed")}
    for name, text in sorted(failures.items()):
        lines = [line for line in text.removeprefix("failed ").splitlines() if line.strip()]
        print(f"FAILED   {name}: {' | '.join(lines[:7])[:400]}")
    unused = []
    if complete:
        used = {text.removeprefix("refused ") for text in results.values()}
        unused = [entry for entry in refused if entry not in used]
        for entry in unused:
            print(f"FAILED   refused.txt: no test needs '{entry}'")
    count = sum(text == "passed" for text in results.values())
    refusals = len(results) - len(failures) - count
    print(f"{count} passed, {refusals} refused as listed, {len(failures)} failed")
    return len(failures) + len(unused)


def check_page(results: dict, write: bool) -> int:
    """1 where docs/operators.md states other numbers of passed tests, unless it is to be written anew."""
    path = pages.ROOT / "docs/operators.md"
    page = path.read_text()
    counts = operators.count_tests({name: result == "passed" for name, result in results.items()})
    if write:
        path.write_text(pages.make_page(page, counts))
    elif not operators.same_counts(counts, operators.counts_in(page)):
        print("FAILED   docs/operators.md: not up to date; python test/onnx/run.py --document mends it")
        return 1
    return 0


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-k", default="*", help="only the tests whose name matches this pattern")
    parser.add_argument("-j", type=int, default=os.cpu_count(), help="tests at a time")
    parser.add_argument("-v", action="store_true", help="name every test")
    parser.add_argument("--document", action="store_true", help="write docs/operators.md anew after all tests")
    arguments = parser.parse_args()
    skip, refused = read_list(HERE / "skip.txt"), read_list(HERE / "refused.txt")
    tests = node_cases.paths()
    stale = [pattern for pattern in skip if not fnmatch.filter(tests, pattern)]
    for pattern in stale:
        print(f"FAILED   skip.txt: no test matches '{pattern}'")
    names = [
        name
        for name in sorted(tests)
        if fnmatch.fnmatch(name, arguments.k) and not any(fnmatch.fnmatch(name, p) for p in skip)
    ]
    names = names[::4] if FEW_TESTS else names
    start = time.time()
    results = {}
    for name, result in isolated.each(names, lambda name: run_test(tests, name, refused), arguments.j):
        results[name] = result
        if arguments.v:
            print(f"{result.split(' ')[0]:8} {name}", flush=True)
    complete = arguments.k == "*" and not FEW_TESTS
    failures = summarise(results, refused, complete) + len(stale)
    if complete:
        failures += check_page(results, arguments.document)
    print(f"{len(names)} of {len(tests)} tests in {time.time() - start:.0f} s")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
