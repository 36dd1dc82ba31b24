"""Element by element."""

import numpy as np

from convopt.testing.corners import Known, given, numbers, whole

SHAPES = {"batch": (0, 3), "empty": (2, 0, 3), "scalar": ()}
REAL = (
    "Abs Acos Asin Asinh Atan Atanh Ceil Celu Clip Cos Cosh Dropout Elu Erf Exp Floor Gelu HardSigmoid HardSwish "
    "Identity IsInf IsNaN LeakyRelu Log Mish Neg OptionalGetElement OptionalHasElement Reciprocal Relu Round Selu "
    "Shrink Sigmoid Sign Sin Sinh Softplus Softsign Sqrt Tan Tanh ThresholdedRelu"
)
# The shapes of two that are broadcast.
PAIRS = {"batch": ((0, 3), (3,)), "empty": ((2, 0), (2, 1)), "scalar": ((), ())}
LOGICAL, BITWISE = ("And", "Or", "Xor"), ("BitwiseAnd", "BitwiseOr", "BitwiseXor")


def _each(shapes: dict, make) -> dict:
    return {kind: make(shape) for kind, shape in shapes.items()}


def rows():
    """The rows of this family."""
    for name in REAL.split():
        # The evaluator has no Softsign of a scalar.
        judge = "onnxruntime" if name == "Softsign" else "evaluator"
        yield name, _each(SHAPES, lambda shape, judge=judge: given(numbers(*shape), judge=judge))
    yield "Acosh", _each(SHAPES, lambda shape: given(numbers(*shape, low=1.5, high=2)))
    yield "Swish", _each(SHAPES, lambda shape: given(numbers(*shape), opset=24))
    yield "Not", _each(SHAPES, lambda shape: given(numbers(*shape) < 0.5))
    yield "BitwiseNot", _each(SHAPES, lambda shape: given(whole(*shape)))
    yield "Cast", _each(SHAPES, lambda shape: given(numbers(*shape), to=7))
    yield "CastLike", _each(SHAPES, lambda shape: given(numbers(*shape), np.zeros((2, 0), np.int32)))
    one = Known(0.5, np.float32), Known(3, np.uint8)
    yield "QuantizeLinear", _each(SHAPES, lambda shape: given(numbers(*shape), *one))
    yield "DequantizeLinear", _each(SHAPES, lambda shape: given(whole(*shape, dtype=np.uint8), *one))
    # The extremes of nothing.
    of_nothing = given(numbers(0, 3), outputs=3, judge="onnxruntime", undefined=(1, 2))
    yield (
        "DynamicQuantizeLinear",
        {"batch": of_nothing, "empty": given(numbers(2, 0), outputs=3, judge="onnxruntime", undefined=(1, 2)),
         "scalar": given(numbers(), outputs=3)},
    )  # fmt: skip

    for name in ("Add", "Sub", "Mul", "Div", "Pow", "Max", "Min", "Sum", "Mean", "PRelu"):
        yield name, _each(PAIRS, lambda pair: given(*(numbers(*shape) for shape in pair)))
    for name in ("Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual"):
        yield name, _each(PAIRS, lambda pair: given(*(whole(*shape) for shape in pair)))
    yield "Mod", _each(PAIRS, lambda pair: given(*(whole(*shape) for shape in pair)))
    for name in LOGICAL:
        yield name, _each(PAIRS, lambda pair: given(*(numbers(*shape) < 0.5 for shape in pair)))
    for name in BITWISE:
        yield name, _each(PAIRS, lambda pair: given(*(whole(*shape) for shape in pair)))
    yield (
        "BitShift",
        _each(PAIRS, lambda pair: given(*(whole(*shape, dtype=np.uint8) for shape in pair), direction="LEFT")),
    )
    yield (
        "Where",
        _each(PAIRS, lambda pair: given(numbers(*pair[0]) < 0.5, numbers(*pair[1]), numbers(*pair[0], low=2, high=3))),
    )
