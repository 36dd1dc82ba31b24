"""Functions of one value, element by element."""

from convopt.testing.growth import Growth, Value
from convopt.testing.operators import grows

# By what they need: anything, positive numbers, numbers between -1 and 1, steps at some numbers.
ANY = (
    "Abs Neg Relu LeakyRelu ThresholdedRelu Elu Selu Sigmoid HardSigmoid Softplus Softsign Tanh Sin Cos Atan"
    " Erf Asinh Exp Sinh Cosh Shrink Identity Dropout Reciprocal"
).split()
NEWER = {"Celu": 12, "HardSwish": 14, "Mish": 18, "Gelu": 20}
POSITIVE = "Sqrt Log Reciprocal".split()
UNIT = "Asin Acos Atanh Tan".split()
STEPS = "Floor Ceil Round Sign".split()

ATTRIBUTES = {
    "LeakyRelu": {"alpha": (0.1, 0.3)},
    "ThresholdedRelu": {"alpha": (0.5,)},
    "Elu": {"alpha": (0.5, 1.5)},
    "Celu": {"alpha": (0.5, 1.5)},
    "HardSigmoid": {"alpha": (0.25,), "beta": (0.4,)},
    "Shrink": {"lambd": (0.3,), "bias": (0.1, 0.0)},
    "Gelu": {"approximate": ("tanh", "none")},
}


def _attributes(g: Growth, operator: str) -> dict:
    given = ATTRIBUTES.get(operator, {})
    return {name: g.choose(values) for name, values in given.items() if g.chance(0.7)}


@grows(6)
def activation(g: Growth):
    """What takes any number."""
    operators = [*ANY, *(name for name, opset in NEWER.items() if g.opset >= opset)]
    operator = g.choose(operators)
    return g.add(operator, g.pick(), **_attributes(g, operator))


@grows(2)
def relu(g: Growth):
    """The most frequent one."""
    return g.add("Relu", g.pick())


def positive(g: Growth, x: Value) -> Value:
    """A value made of x without numbers near zero and below."""
    if g.chance(0.5):
        return g.add("Sigmoid" if g.chance(0.5) else "Softplus", x)
    return g.add("Add", g.add("Abs", x), g.constant(0.5))


@grows(2)
def of_positive(g: Growth):
    """What takes positive numbers."""
    return g.add(g.choose(POSITIVE), positive(g, g.pick()))


@grows(0.3)
def undefined(g: Growth):
    """Roots and logarithms of negative numbers, NaN; what joins them to others, moves them or replaces them."""
    x = g.pick(lambda v: v.real and v.array.size and (v.array < -0.01).any())
    x = g.add(g.choose(["Sqrt", "Log"]), x)
    if g.chance(0.5):
        x = g.add(g.choose(["Add", "Mul"]), x, g.constant(g.choose([2, -1])))
    if g.chance(0.7):
        x = g.add("Where", g.add("IsNaN", x), g.constant(0), x)
    return x


@grows(1)
def of_unit(g: Growth):
    """What takes numbers between -1 and 1."""
    x = g.add("Mul", g.add(g.choose(["Sin", "Tanh"]), g.pick()), g.constant(0.9))
    return g.add(g.choose(UNIT), x)


@grows(0.5)
def of_more_than_one(g: Growth):
    """Acosh."""
    return g.add("Acosh", g.add("Add", g.add("Abs", g.pick()), g.constant(1.5)))


@grows(1)
def steps(g: Growth):
    """What has steps."""
    return g.add(g.choose(STEPS), g.pick())


@grows(2)
def clip(g: Growth):
    """Clip with one bound or two."""
    low = g.constant(g.choose([0, -0.5])) if g.chance(0.7) else None
    high = g.constant(g.choose([6, 0.5])) if g.chance(0.7) else None
    return g.add("Clip", g.pick(), low, high)
