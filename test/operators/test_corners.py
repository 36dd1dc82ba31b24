"""Empty batches, tensors without elements and scalars through every operator that is accepted."""

from pathlib import Path

import numpy as np
import onnx
import pytest
from convopt import compile
from convopt.docs import operators
from convopt.testing import corners, single

ROOT = Path(__file__).resolve().parents[2]
TABLE = corners.table()


def test_every_operator_has_a_row():
    """A new one is to be entered: what it is tried with, or why not."""
    accepted = operators.ways(ROOT, operators.counts_in((ROOT / "docs/operators.md").read_text()))
    assert sorted(accepted) == sorted(TABLE)


def attempts(kind: str) -> dict:
    """Those of a kind, by opset: one compilation costs more than all of their arithmetic."""
    found, number = {}, 0
    for operator, row in TABLE.items():
        if not isinstance(row[kind], str):
            for attempt in row[kind]:
                found.setdefault(attempt.opset, []).append((attempt, corners.case(operator, attempt, number)))
                number += 1
    return found


TRIES = [attempt for row in TABLE.values() for kind in row.values() if not isinstance(kind, str) for attempt in kind]


@pytest.mark.parametrize("opset", sorted({attempt.opset for attempt in TRIES}))
@pytest.mark.parametrize("kind", corners.KINDS)
def test_operators(kind, opset):
    tried = attempts(kind).get(opset, [])
    if not tried:
        return
    model = single.join([node for _, node in tried])
    inputs = [array for _, node in tried for array in node.inputs.values()]
    results = iter(compile(model).run(inputs))
    wrong = []
    for attempt, node in tried:
        actual = [next(results) for name in node.node.output if name]
        try:
            check(attempt, node, actual)
        except AssertionError as error:
            wrong.append(f"{onnx.printer.to_text(node.node)}: {error}")
    assert not wrong, "\n".join(wrong)


def check(attempt, node, actual):
    """Type and shape by ONNX's inference and by the reference, values by the reference."""
    types = corners.inferred(single.join([node]))
    expected = corners.expected(attempt, node)
    for i, (name, ours, theirs) in enumerate(zip(node.node.output, actual, expected, strict=True)):
        dtype, extents = types[name]
        assert dtype in (None, ours.dtype) and ours.dtype == theirs.dtype
        assert ours.shape == theirs.shape
        # ONNX's inference is right of all but these.
        if extents is not None and node.node.op_type not in ("Slice", "STFT"):
            assert len(extents) == ours.ndim and all(e in (None, n) for e, n in zip(extents, ours.shape, strict=True))
        if i not in attempt.undefined:
            np.testing.assert_allclose(ours, theirs, 1e-4, 1e-5)
