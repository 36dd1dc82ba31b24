"""Operators that sum or multiply up f16 and bf16: within a unit in the last place of a computation in f64.

The sizes are such that sums in the elements' own type are off by more, or overflow.
"""

import ml_dtypes
import numpy as np
import pytest
from convopt.testing.nodes import Nodes
from onnx import numpy_helper
from onnx.reference import ReferenceEvaluator


def near(start, stop):
    """Positive numbers in a range."""
    return lambda generator, *shape: generator.uniform(start, stop, shape)


ONES, SMALL, SIX = near(0.5, 1.5), near(0.01, 0.02), near(6, 6.25)

# Operator, inputs as (range, shape) or constants, attributes. The first input is one of the model, the others
# are constants, but where two (range, shape) stand in a list of their own.
TABLE = [
    ("Conv", [(ONES, 1, 64, 9, 9), (ONES, 3, 64, 7, 7), (ONES, 3)], {}),
    ("Conv", [(ONES, 1, 600, 4, 4), (ONES, 8, 600, 1, 1)], {}),
    ("Conv", [(ONES, 2, 2, 60, 60), (ONES, 2, 1, 50, 50)], {"group": 2}),
    ("Conv", [(ONES, 1, 8, 3000), (SMALL, 2, 4, 2900)], {"group": 2}),
    ("Conv", [(ONES, 1, 4, 9, 9, 9), (ONES, 2, 4, 8, 8, 8)], {}),
    ("ConvTranspose", [(ONES, 1, 600, 3, 3), (ONES, 600, 2, 3, 3), (ONES, 2)], {"strides": [2, 2]}),
    ("ConvTranspose", [(ONES, 1, 600, 3), (ONES, 600, 2, 3)], {}),
    ("MatMul", [(ONES, 3, 4096), (ONES, 4096, 5)], {}),
    ("MatMul", [(ONES, 2, 3, 4096), (ONES, 2, 4096, 5)], {}),
    ("MatMul", [(ONES, 2, 1, 3, 2100), (ONES, 3, 2100, 2)], {}),
    ("Gemm", [(ONES, 4096, 3), (ONES, 5, 4096), (ONES, 3, 5)], {"transA": 1, "transB": 1, "alpha": 0.5, "beta": 2.0}),
    ("GlobalAveragePool", [(SIX, 1, 2, 112, 112)], {}),
    ("GlobalLpPool", [(ONES, 1, 2, 60, 60)], {"p": 3}),
    ("AveragePool", [(SIX, 1, 1, 80, 80)], {"kernel_shape": [79, 79], "pads": [1, 1, 1, 1]}),
    ("AveragePool", [(SIX, 1, 1, 9000)], {"kernel_shape": [8999]}),
    ("LpPool", [(ONES, 1, 1, 60, 60)], {"kernel_shape": [59, 59]}),
    ("ReduceSum", [(ONES, 2, 4096)], {"axis": 1}),
    ("ReduceMean", [(SIX, 2, 20000)], {"axis": 1}),
    ("ReduceL1", [(ONES, 2, 4096)], {"axis": 1}),
    ("ReduceL2", [(SIX, 2, 20000)], {"axis": 1}),
    ("ReduceSumSquare", [(ONES, 2, 4096)], {"axis": 1}),
    ("ReduceLogSum", [(SIX, 2, 20000)], {"axis": 1}),
    ("ReduceLogSumExp", [(ONES, 2, 20000)], {"axis": 1}),
    ("ReduceProd", [(near(0.995, 1.01), 2, 1000)], {"axis": 1}),
    ("Softmax", [(ONES, 2, 4096)], {}),
    ("LogSoftmax", [(ONES, 2, 20000)], {}),
    ("LayerNormalization", [(SIX, 2, 4096), (SIX, 4096), (SIX, 4096)], {"epsilon": 1e-3}),
    ("RMSNormalization", [(SIX, 2, 4096), (ONES, 4096)], {}),
    ("InstanceNormalization", [(SIX, 1, 2, 70, 70), (SIX, 2), (SIX, 2)], {"epsilon": 1e-3}),
    ("GroupNormalization", [(SIX, 1, 4, 50, 50), (SIX, 4), (SIX, 4)], {"num_groups": 2, "epsilon": 1e-3}),
    # The evaluator takes the batch for the channels.
    ("LRN", [(near(60, 62), 40, 40, 1, 2)], {"size": 37, "alpha": 2.0}),
    ("BatchNormalization", [(SIX, 1, 3, 4, 4), (SIX, 3), (SIX, 3), (near(5, 5.5), 3), (ONES, 3)], {}),
    ("CumSum", [(ONES, 2, 4096), np.int64(1)], {}),
    ("CumSum", [(ONES, 2, 3000), np.int64(1)], {"reverse": 1, "exclusive": 1}),
    ("Sum", [(ONES, 2, 300), *[(SMALL, 2, 300)] * 30], {}),
    ("Mean", [(near(3e4, 4e4), 2, 300), *[(near(3e4, 4e4), 2, 300)] * 3], {}),
    ("Resize", [(SIX, 1, 2, 9, 9), "", np.float32([1, 1, 1.7, 2.3])], {"mode": "cubic"}),
    ("Resize", [(SIX, 1, 2, 9, 9), "", np.float32([1, 1, 0.4, 0.3])], {"mode": "linear", "antialias": 1}),
    ("Attention", [(ONES, 1, 2, 3, 2050), (SMALL, 1, 2, 700, 2050), (SIX, 1, 2, 700, 4)], {}),
]


def build(dtype, rounded):
    """All of the table in `dtype`, with values that `rounded` holds."""
    generator, nodes = np.random.default_rng(3), Nodes(23)
    for operator, entries, options in TABLE:
        inputs, options = [], dict(options)
        for i, entry in enumerate(entries):
            if isinstance(entry, tuple):
                value = entry[0](generator, *entry[1:]).astype(rounded).astype(dtype)
                inputs.append(nodes.constant(value) if i and operator != "Attention" else nodes.input(value))
            else:
                inputs.append(entry if isinstance(entry, str) else nodes.constant(entry))
        if operator.startswith("Reduce"):
            inputs.append(nodes.constant(np.int64([options.pop("axis")])))
        nodes.add(operator, inputs, [dtype], **options)
    return nodes


def exact_results(kind):
    """What the reference evaluator gives in f64; it lacks two operators."""
    model, results = build(np.float64, kind), []
    known = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.constants} | model.values
    for node in model.nodes:
        operands = {name: known[name] for name in node.input if name}
        x = known[node.input[0]]
        if node.op_type == "GlobalLpPool":
            results.append((np.abs(x) ** 3).sum(tuple(range(2, x.ndim)), keepdims=True) ** (1 / 3))
        elif node.op_type == "GroupNormalization":
            groups = x.reshape(x.shape[0], 2, -1)
            centred = groups - groups.mean(2, keepdims=True)
            centred /= np.sqrt(groups.var(2, keepdims=True) + 1e-3)
            scale, bias = (known[name].reshape(-1, 1, 1) for name in node.input[1:])
            results.append(centred.reshape(x.shape) * scale + bias)
        else:
            results.append(ReferenceEvaluator(node, opsets={"": model.opset}).run(None, operands)[0])
    return results


def steps(values, exact):
    """How many numbers of the type of `values` lie between them and `exact`, rounded."""
    patterns = [array.view(np.int16).astype(np.int64) for array in (values, exact.astype(values.dtype))]
    ordered = [np.where(p < 0, -32768 - p, p) for p in patterns]
    return np.abs(ordered[0] - ordered[1])


@pytest.mark.parametrize("kind", [np.float16, ml_dtypes.bfloat16])
def test_sums_are_rounded_once(kind):
    exact = exact_results(kind)
    wrong = []
    for (operator, entries, _), y, expected in zip(TABLE, build(kind, kind).run(), exact, strict=True):
        assert y.shape == expected.shape and y.dtype == kind
        assert np.isfinite(expected).all()
        # Where a sum cancels, what is left is as exact as its summands.
        cancels = np.abs(y.astype(np.float64) - expected) < 1e-5
        distance = np.where(cancels, 0, steps(y, expected)).max()
        if distance > 1:
            wrong.append(f"{operator} of {entries[0][1:]}: {distance} steps")
    assert not wrong, "; ".join(wrong)


def test_results_beyond_the_range_are_infinite():
    nodes = Nodes()
    x = nodes.input(np.full((1, 2000), 60, np.float16))
    total = nodes.add("ReduceSum", [x], ["float16"])
    nodes.add("Mul", [total, nodes.constant(np.float16(0.01))], ["float16"])
    assert all(np.isinf(y).all() for y in nodes.run())
