"""Random models of one operator each, by seed: any opset from 7 on, any attributes that it has there.

Functions draw one node of an operator, in families, a module each. The operator is drawn first, so that rare ones come
as often as frequent ones; what a seed gives stays the same as long as nobody enters an operator. Several cases of one
opset make one model, since a compilation costs more than all of their arithmetic.
"""

import importlib
from typing import NamedTuple

import numpy as np
import onnx
from onnx import defs, helper, numpy_helper

OPSETS = (7, 8, 9, 10, 11, 12, 13, 14, 16, 17, 18, 19, 20, 21, 22, 23)
FAMILIES = (
    "elementwise",
    "windows",
    "views",
    "movement",
    "reductions",
    "products",
    "resizing",
    "normalisations",
    "selection",
    "sampling",
    "signals",
    "quantised",
)


class Case(NamedTuple):
    """One node with its operands."""

    seed: int
    opset: int
    node: onnx.NodeProto
    inputs: dict  # arrays by name that are inputs of the graph
    constants: dict  # arrays by name that are initializers
    tolerance: float  # relative L2


class Unsuitable(Exception):
    """Of the operator at this opset."""


class Draw:
    """Random decisions for one node."""

    def __init__(self, seed: int, operator: str, opset: int):
        """seed: of the operands and attributes."""
        self.seed, self.operator, self.opset = seed, operator, opset
        self.random = np.random.default_rng([seed, 1])
        self.inputs, self.constants, self.names = {}, {}, []

    def integer(self, low: int, high: int) -> int:
        """From low to high, both included."""
        return int(self.random.integers(low, high + 1))

    def chance(self, part: float) -> bool:
        """True that often."""
        return bool(self.random.random() < part)

    def choose(self, values):
        """One of them."""
        return values[self.integer(0, len(values) - 1)]

    def shape(self, low: int = 0, high: int = 4, most: int = 6) -> tuple:
        """Of a rank from low to high, extents up to `most`."""
        return tuple(self.integer(1, most) for _ in range(self.integer(low, high)))

    def real(self, *shape, dtype=np.float32) -> np.ndarray:
        """Normally distributed."""
        return self.random.standard_normal(shape).astype(dtype)

    def number(self, shape, kinds=(np.float32,)) -> np.ndarray:
        """Of one of the kinds; integers between -9 and 9."""
        dtype = np.dtype(self.choose(kinds))
        if dtype.kind == "b":
            return self.random.random(shape) < 0.5
        if dtype.kind in "iu":
            low = 0 if dtype.kind == "u" else -9
            return self.random.integers(low, 10, shape).astype(dtype)
        return self.random.standard_normal(shape).astype(dtype)

    def input(self, array, constant: float = 0.1):
        """Adds an operand that is an initializer that often."""
        return self.constant(array) if self.chance(constant) else self._add(self.inputs, array)

    def constant(self, array, dtype=None):
        """Adds an operand that is an initializer."""
        return self._add(self.constants, np.asarray(array, dtype))

    def none(self):
        """Adds an operand that is left out."""
        self.names.append("")

    def _add(self, arrays: dict, array):
        name = f"s{self.seed}_x{len(self.names)}"
        arrays[name] = np.asarray(array)
        self.names.append(name)

    def case(self, outputs: int = 1, tolerance: float = 1e-4, **attributes) -> Case:
        """The node with these attributes; those that are None are left out."""
        given = {name: value for name, value in attributes.items() if value is not None}
        names = [f"s{self.seed}_y{i}" for i in range(outputs)]
        node = helper.make_node(self.operator, self.names, names, name=f"seed{self.seed}", **given)
        if any(array.dtype == np.float16 for array in [*self.inputs.values(), *self.constants.values()]):
            tolerance = max(tolerance, 5e-3)
        return Case(self.seed, self.opset, node, self.inputs, self.constants, tolerance)


def draws(*operators: str):
    """Enters the function for these operators: it makes a case of a Draw."""

    def enter(function):
        function.operators = operators
        return function

    return enter


def table() -> dict:
    """The function of each operator."""
    result = {}
    for family in FAMILIES:
        for function in vars(importlib.import_module(f"{__name__}.{family}")).values():
            for operator in getattr(function, "operators", ()):
                result[operator] = function
    return dict(sorted(result.items()))


def draw(seed: int) -> Case:
    """The case of this seed, always the same."""
    functions, attempt = table(), 0
    names = list(functions)
    while True:
        random = np.random.default_rng([seed, 0, attempt])
        operator, opset = names[random.integers(len(names))], int(OPSETS[random.integers(len(OPSETS))])
        attempt += 1
        try:
            schema = defs.get_schema(operator, opset)
        except defs.SchemaError:
            continue
        if schema.deprecated:
            continue
        try:
            return functions[operator](Draw(seed, operator, opset))
        except Unsuitable:
            continue


def join(cases) -> onnx.ModelProto:
    """One model of cases of one opset; it states nothing of its outputs but their types."""
    inputs, constants, nodes = {}, {}, []
    for case in cases:
        inputs |= case.inputs
        constants |= case.constants
        nodes.append(case.node)
    values = [
        helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(array.dtype), array.shape)
        for name, array in inputs.items()
    ]
    tensors = [numpy_helper.from_array(array, name) for name, array in constants.items()]
    names = [name for node in nodes for name in node.output if name]
    outputs = [onnx.ValueInfoProto(name=name) for name in names]
    graph = helper.make_graph(nodes, "cases", values, outputs, tensors)
    opsets = [helper.make_opsetid("", cases[0].opset)]
    if any(node.domain == "ai.onnx.ml" for node in nodes):
        opsets.append(helper.make_opsetid("ai.onnx.ml", 5))
    return helper.make_model(graph, opset_imports=opsets, ir_version=10)
