"""Random models of one operator each, always the same ones, give what ONNX Runtime or the reference evaluator gives."""

from collections import Counter

import operators
from convopt.testing import FEW_TESTS, single
from onnx import defs

SEEDS = range(2000)


def test_outputs():
    assert list(operators.failed(SEEDS[::8] if FEW_TESTS else SEEDS)) == []


def test_a_seed_is_one_case():
    first, again = (single.join([single.draw(7)]) for _ in range(2))
    assert first == again != single.join([single.draw(8)])


def test_every_operator_is_drawn():
    drawn = Counter(single.draw(seed).node.op_type for seed in SEEDS)
    assert set(drawn) <= set(single.table())
    # Those of the newest opsets alone may be missed by chance.
    rare = {name for name in single.table() if drawn[name] < 2}
    assert all(defs.get_schema(name).since_version >= 22 for name in rare)
