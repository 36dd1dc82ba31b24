"""Element by element: of one operand, of two or more that are broadcast."""

import numpy as np

from convopt.testing.single import Draw, draws

FLOATS = (np.float32, np.float32, np.float32, np.float64, np.float16)
NUMBERS = (*FLOATS, np.int32, np.int64, np.int8, np.uint8)
ATTRIBUTES = {
    "LeakyRelu": {"alpha": (0.1, 0.3)},
    "ThresholdedRelu": {"alpha": (0.5, -0.2)},
    "Elu": {"alpha": (0.5, 1.5)},
    "Celu": {"alpha": (0.5, 1.5)},
    "Selu": {"alpha": (1.2,), "gamma": (0.9,)},
    "HardSigmoid": {"alpha": (0.25,), "beta": (0.4,)},
    "Shrink": {"lambd": (0.3,), "bias": (0.1, 0.0)},
    "Gelu": {"approximate": ("tanh", "none")},
}


@draws(
    *"LeakyRelu ThresholdedRelu Elu Selu Sigmoid HardSigmoid Softplus Softsign Tanh Sin Cos Atan Erf Asinh Exp".split(),
    *"Sinh Cosh Shrink Celu HardSwish Mish Gelu Relu Identity Floor Ceil Round Neg Abs Sign Tan".split(),
)
def of_any(d: Draw):
    """What takes any number."""
    d.input(d.real(*d.shape()))
    given = {name: d.choose(values) for name, values in ATTRIBUTES.get(d.operator, {}).items() if d.chance(0.6)}
    return d.case(**given)


@draws("Sqrt", "Log", "Reciprocal", "Acosh", "Asin", "Acos", "Atanh")
def of_some(d: Draw):
    """What takes numbers of some range: above 0, above 1, between -1 and 1."""
    x = d.real(*d.shape())
    if d.operator in ("Sqrt", "Log", "Reciprocal"):
        x = np.abs(x) + np.float32(0.1)
    else:
        x = np.abs(x) + np.float32(1.1) if d.operator == "Acosh" else np.tanh(x) * np.float32(0.9)
    d.input(x)
    return d.case()


def broadcast_shapes(d: Draw, count: int) -> list:
    """Shapes that numpy broadcasts."""
    whole = d.shape(0, 4, 5)
    shapes = [
        tuple(1 if d.chance(0.25) else extent for extent in whole[d.integer(0, len(whole)) :]) for _ in range(count)
    ]
    shapes[d.integer(0, count - 1)] = whole
    return shapes


def _kinds(d: Draw) -> tuple:
    # Until opset 8 these compare floats alone.
    if d.opset < 9 and d.operator in ("Greater", "Less") or d.opset < 12 and d.operator in ("Max", "Min", "Pow"):
        return (np.float32,)
    return {"Mean": FLOATS[:3], "Sum": FLOATS[:3]}.get(
        d.operator, (np.float32, np.float32, np.float64, np.int32, np.int64)
    )


@draws(
    "Add", "Sub", "Mul", "Div", "Pow", "Max", "Min", "Sum", "Mean", "Greater", "Less", "GreaterOrEqual", "LessOrEqual"
)
def of_numbers(d: Draw):
    """Arithmetic and comparisons."""
    of_many = d.operator in ("Max", "Min", "Sum", "Mean")
    several = of_many and d.opset >= 8
    kind = d.choose(_kinds(d))
    shapes = broadcast_shapes(d, d.integer(2, 4) if several else 2)
    if of_many and not several:  # The standard broadcasts them since opset 8.
        shapes = [np.broadcast_shapes(*shapes)] * len(shapes)
    for i, shape in enumerate(shapes):
        x = d.number(shape, (kind,))
        if d.operator == "Div" and i or d.operator == "Pow":
            x = np.abs(x) + x.dtype.type(1)
        if d.operator == "Pow" and x.dtype.kind == "i":
            x = x % 4 + 1
        d.input(x.astype(kind), 0.2)
    return d.case()


@draws("Mod")
def mod(d: Draw):
    """By signs of either operand."""
    a, b = broadcast_shapes(d, 2)
    kind = d.choose((np.float32, np.int32, np.int64, np.uint8))
    x, y = d.number(a, (kind,)), d.number(b, (kind,))
    d.input(x)
    d.input((np.where(y == 0, 3, y)).astype(kind))
    return d.case(fmod=1 if np.dtype(kind).kind == "f" or d.chance(0.3) else None)


@draws("And", "Or", "Xor", "Equal")
def of_truth(d: Draw):
    """Of booleans; Equal also of integers."""
    a, b = broadcast_shapes(d, 2)
    kind = d.choose((np.int32, np.int64)) if d.operator == "Equal" else bool
    d.input(d.number(a, (kind,)) % 3 if kind is not bool else d.number(a, (kind,)))
    d.input(d.number(b, (kind,)) % 3 if kind is not bool else d.number(b, (kind,)))
    return d.case()


@draws("Not")
def negation(d: Draw):
    """Of booleans."""
    d.input(d.number(d.shape(), (bool,)))
    return d.case()


@draws("BitShift", "BitwiseAnd", "BitwiseOr", "BitwiseXor")
def of_bits(d: Draw):
    """Of unsigned integers."""
    for shape in broadcast_shapes(d, 2):
        d.input(d.number(shape, (np.uint8,)))
    return d.case(direction=d.choose(["LEFT", "RIGHT"]) if d.operator == "BitShift" else None)


@draws("Where")
def where(d: Draw):
    """Of three that are broadcast."""
    a, b, c = broadcast_shapes(d, 3)
    kind = d.choose((np.float32, np.int64))
    d.input(d.number(a, (bool,)))
    d.input(d.number(b, (kind,)))
    d.input(d.number(c, (kind,)))
    return d.case()


@draws("Clip")
def clip(d: Draw):
    """Bounds that are attributes or operands, either of which may be missing."""
    d.input(d.real(*d.shape()))
    low, high = (d.choose([-0.5, 0.0]) if d.chance(0.7) else None), (d.choose([0.25, 1.0]) if d.chance(0.7) else None)
    if d.opset < 11:
        return d.case(min=low, max=high)
    for bound in (low, high):
        if bound is None:
            d.none()
        else:
            d.input(np.float32(bound), 0.7)
    return d.case()


@draws("PRelu")
def prelu(d: Draw):
    """A slope for all, or for each channel."""
    shape = d.shape(1, 4, 5)
    d.input(d.real(*shape))
    slope = (shape[1], *[1] * (len(shape) - 2)) if len(shape) > 1 and d.chance(0.6) else (1,)
    d.input(d.real(*slope), 0.7)
    return d.case()


@draws("Cast")
def cast(d: Draw):
    """Between any two types; floats that integers hold."""
    x = d.number(d.shape(), NUMBERS)
    target = d.choose([1, 6, 7, 9, 10, 11])
    d.input(np.abs(x) if target == 9 else x)
    return d.case(to=target)


@draws("IsNaN", "IsInf")
def is_special(d: Draw):
    """Where there are some."""
    x = d.real(*d.shape(1, 3))
    flat = x.reshape(-1)
    flat[d.integer(0, flat.size - 1)] = d.choose([np.nan, np.inf, -np.inf])
    d.input(x, 0)
    given = {name: d.integer(0, 1) for name in ("detect_positive", "detect_negative")} if d.operator == "IsInf" else {}
    return d.case(**given)
