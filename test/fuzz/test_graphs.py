"""Random graphs over all operators, always the same ones, give what ONNX Runtime gives."""

from collections import Counter

import pytest
import run
from convopt.testing import FEW_TESTS, graphs, operators

SEEDS = range(300)


@pytest.mark.parametrize("target, seeds", [("host", SEEDS[::5] if FEW_TESTS else SEEDS), ("aarch64", SEEDS[:10])])
def test_outputs(target, seeds):
    assert list(run.failed(seeds, target)) == [], "python -m convopt.testing.graphs SEED -o FILE writes one of them"


def test_a_seed_is_one_graph():
    first, again, other = (graphs.build(seed) for seed in (7, 7, 8))
    assert first.model == again.model
    assert [a.tobytes() for a in first.inputs] == [a.tobytes() for a in again.inputs]
    assert first.model != other.model


def test_the_operators_occur():
    seen = Counter(node.op_type for seed in SEEDS for node in graphs.build(seed).model.graph.node)
    missing = [operator for operator in WANTED if not seen[operator]]
    assert missing == [] and all(functions for _, functions in operators.table().values())


# What hardly any random decision may leave out: an operator that no graph has is not tested, whatever its table says.
WANTED = """
    Abs Add ArgMax ArgMin AveragePool BatchNormalization Cast Clip Concat Constant Conv ConvTranspose CumSum
    DepthToSpace Div Elu Exp Expand Flatten Floor Gather GatherElements GatherND Gemm GlobalAveragePool
    Greater InstanceNormalization LRN LayerNormalization LeakyRelu Less Log LogSoftmax MatMul Max MaxPool Min
    Mod Mul PRelu Pad Pow Reciprocal ReduceMax ReduceMean ReduceProd ReduceSum Relu Reshape Resize Round Shape
    Sigmoid Slice Softmax Softplus SpaceToDepth Split Sqrt Squeeze Sub Tanh Tile TopK Transpose Trilu
    Unsqueeze Where
""".split()
