"""What every operator makes of an empty batch, of tensors without elements and of scalars.

A row of the table says for one operator, and for each of KINDS, with which operands it is tried, or why there is
nothing to try: the standard wants a rank, or nothing could be empty. Rows are entered by families, a module each; that
every operator has one is what test/operators/test_corners.py asks for.
"""

import importlib
from typing import NamedTuple

import numpy as np
import onnx
from onnx.reference import ReferenceEvaluator

from convopt.testing import reference, single

KINDS = ("batch", "empty", "scalar")
FAMILIES = (
    "elementwise",
    "views",
    "movement",
    "reductions",
    "windows",
    "products",
    "normalisations",
    "sampling",
    "control",
    "learning",
)
OPSET = 23
# Reasons that more than one operator has.
AXIS = "works along an axis, and a scalar has none"
RANK = "its operands have a rank of their own"
NO_BATCH = "none of its operands has a batch"
ALWAYS_SCALAR = "its operands are scalars always"


class Try(NamedTuple):
    """Operands, in order: an array is an input of the graph, a Known an initializer, None is left out."""

    operands: tuple
    outputs: int
    opset: int
    # 'evaluator': onnx's; 'onnxruntime', where that is wrong or has no code; or the results.
    judge: object
    # Outputs of which the standard says nothing but their shapes.
    undefined: tuple
    attributes: dict


class Known:
    """An operand that is an initializer."""

    def __init__(self, values, dtype=np.int64):
        """values: anything that numpy makes an array of."""
        self.array = np.asarray(values, dtype)


def given(*operands, outputs=1, opset=OPSET, judge="evaluator", undefined=(), **attributes) -> Try:
    """A node with these operands and attributes."""
    return Try(operands, outputs, opset, judge, undefined, attributes)


def numbers(*shape: int, dtype=np.float32, low: float = 0.1, high: float = 0.9) -> np.ndarray:
    """From low to high, evenly: in the domain of every function, if they are not said to be others."""
    return np.linspace(low, high, int(np.prod(shape)), dtype=np.float64).reshape(shape).astype(dtype)


def whole(*shape: int, dtype=np.int64) -> np.ndarray:
    """Integers from 1 on."""
    return (1 + np.arange(np.prod(shape, dtype=int))).reshape(shape).astype(dtype)


def table() -> dict:
    """For each operator {kind: [Try, ...] or a reason}."""
    rows = {}
    for family in FAMILIES:
        for name, row in importlib.import_module(f"{__name__}.{family}").rows():
            if name in rows:
                raise ValueError(f"{name} is in the table twice")
            rows[name] = {kind: [row[kind]] if isinstance(row[kind], Try) else row[kind] for kind in KINDS}
    return dict(sorted(rows.items()))


def case(operator: str, attempt: Try, number: int) -> single.Case:
    """The node, whose tensors have names by the number."""
    d = single.Draw(number, operator, attempt.opset)
    for operand in attempt.operands:
        if operand is None:
            d.none()
        elif isinstance(operand, Known):
            d.constant(operand.array)
        else:
            d.input(operand, 0)
    return d.case(attempt.outputs, **attempt.attributes)


def expected(attempt: Try, node: single.Case) -> list:
    """What the reference of the attempt computes of its node alone."""
    if isinstance(attempt.judge, list):
        return attempt.judge
    model = single.join([node])
    if attempt.judge == "onnxruntime":
        return reference.run(model.SerializeToString(), list(node.inputs.values()))
    with np.errstate(all="ignore"):
        return [np.asarray(y) for y in ReferenceEvaluator(model).run(None, node.inputs)]


def inferred(model: onnx.ModelProto) -> dict:
    """The element type and, as far as they are known, the extents of each output, by ONNX's own inference."""
    found = {}
    for value in onnx.shape_inference.infer_shapes(model, data_prop=True).graph.output:
        tensor = value.type.tensor_type
        dims = [d.dim_value if d.HasField("dim_value") else None for d in tensor.shape.dim]
        dtype = onnx.helper.tensor_dtype_to_np_dtype(tensor.elem_type) if tensor.elem_type else None
        found[value.name] = dtype, dims if tensor.HasField("shape") else None
    return found
