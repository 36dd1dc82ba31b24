"""A random graph under construction that knows the value of everything in it.

Each node is computed by ONNX Runtime as it is added, twice: of exact operands, and of operands that differ by what two
right implementations may differ by. A node whose two results are far apart (a cancellation, a comparison of equals, a
rounding at a half), that overflows or that ONNX Runtime refuses raises Unsuitable, and is left out. So every model is
valid and well-conditioned, whatever order its operators come in.
"""

from typing import NamedTuple

import numpy as np
import onnx
from onnx import helper, numpy_helper

from convopt.testing import reference

MOST_ELEMENTS = 4096
LARGEST = 1e4
# Relative L2 that outputs must keep: of f32, and of what half precision had a part in.
TOLERANCE, ROUGH_TOLERANCE = 1e-4, 1e-2
# The two results of a node may differ by this share of the tolerance.
SHARE = 0.25
# What one node may lose: a convolution by Winograd's algorithm, and one rounding to f16.
NOISE, ROUGH_NOISE = 3e-6, 5e-4


class Unsuitable(Exception):
    """The operator can't be applied here."""


class Value(NamedTuple):
    """A tensor of the graph."""

    name: str
    array: np.ndarray
    shadow: np.ndarray  # computed with errors
    rough: bool  # half precision had a part in it

    @property
    def shape(self) -> tuple:
        """Its dimensions."""
        return self.array.shape

    @property
    def rank(self) -> int:
        """The number of its dimensions."""
        return self.array.ndim

    @property
    def tolerance(self) -> float:
        """The relative L2 error that an implementation may make."""
        return ROUGH_TOLERANCE if self.rough else TOLERANCE

    @property
    def real(self) -> bool:
        """Whether it is f32, which all operators take, and has no NaN.

        What maxima make of NaN is not the same everywhere, and fast convolutions may spread it.
        """
        return self.array.dtype == np.float32 and not np.isnan(self.array).any()


class Growth:
    """The graph so far; `random` decides everything."""

    def __init__(self, random: np.random.Generator, opset: int):
        """An empty graph."""
        self.random, self.opset = random, opset
        self.inputs, self.values, self.nodes, self.used = [], [], [], set()
        self.initializers = {}

    # Random decisions.

    def chance(self, probability: float) -> bool:
        """True that often."""
        return bool(self.random.random() < probability)

    def choose(self, sequence):
        """One element."""
        return sequence[int(self.random.integers(len(sequence)))]

    def integer(self, low: int, high: int) -> int:
        """From low to high, both included."""
        return int(self.random.integers(low, high + 1))

    def pick(self, fits=lambda value: value.real) -> Value:
        """A value for which `fits` holds: rather a late one and one that nothing uses; seldom a constant like it."""
        candidates = [value for value in self.values if fits(value)]
        if not candidates:
            raise Unsuitable
        weights = np.array([(1 + i) * (1 if v.name in self.used else 4) for i, v in enumerate(candidates)], float)
        value = candidates[int(self.random.choice(len(candidates), p=weights / weights.sum()))]
        if value.array.dtype == np.float32 and self.chance(0.03):
            constant = self.weight(*value.shape, deviation=1)
            if fits(constant):
                return constant
        return value

    # What the graph is made of.

    def input(self, array: np.ndarray) -> Value:
        """An input of the graph with its value."""
        value = Value(f"x{len(self.inputs)}", array, array, False)
        self.inputs.append(value)
        self.values.append(value)
        return value

    def constant(self, array, dtype=np.float32) -> Value:
        """An initializer."""
        array = np.asarray(array, dtype)
        value = Value(f"c{len(self.initializers)}", array, array, False)
        self.initializers[value.name] = array
        return value

    def integers(self, numbers) -> Value:
        """An initializer of i64, as shapes and axes are."""
        return self.constant(numbers, np.int64)

    def weight(self, *shape: int, mean: float = 0, deviation: float | None = None) -> Value:
        """A random initializer; its deviation follows from the elements beyond the first dimension."""
        if deviation is None:
            deviation = max(1, int(np.prod(shape[1:]))) ** -0.5
        return self.constant(self.random.normal(mean, deviation, shape))

    def axes(self, operator: str, x: Value, axes, since: int = 13, **attributes) -> Value:
        """A node whose axes are an operand from opset `since` on and an attribute before."""
        if self.opset >= since:
            return self.add(operator, x, None if axes is None else self.integers(axes), **attributes)
        if axes is not None:
            attributes["axes"] = axes
        return self.add(operator, x, **attributes)

    def add(self, operator: str, *operands, outputs: int = 1, rough: bool = False, **attributes):
        """A node of values (None: an operand left out); its result, or a list if there are several outputs.

        rough: whether the node itself rounds to half precision.
        """
        names = [f"v{len(self.nodes)}" + (f"_{i}" if outputs > 1 else "") for i in range(outputs)]
        operands = list(operands)
        while operands and operands[-1] is None:
            operands.pop()
        node = helper.make_node(operator, [x.name if x else "" for x in operands], names, **attributes)
        given = [x for x in operands if x]
        exact, shadows = self._compute(node, given)
        rough = rough or any(x.rough for x in given)
        results = [
            Value(name, array, self._disturb(shadow, rough), rough)
            for name, array, shadow in zip(names, exact, shadows, strict=True)
        ]
        for result in results:
            _check(result)
        self._infer(node, given, results)
        self.nodes.append(node)
        self.used |= {x.name for x in given}
        self.values += results
        return results[0] if outputs == 1 else results

    def mark(self) -> tuple:
        """What restore() needs to take back all that is added from now on."""
        return len(self.nodes), len(self.values), set(self.used), dict(self.initializers)

    def restore(self, mark: tuple):
        """Forgets what was added since mark()."""
        nodes, values, self.used, self.initializers = mark
        del self.nodes[nodes:], self.values[values:]

    def model(self, name: str) -> onnx.ModelProto:
        """The model. Its outputs are the values that no node uses, and a few of the others.

        A few of the constants are nodes, the others initializers.
        """
        outputs = [v for v in self.values if v.name not in self.used or self.chance(0.05)]
        inputs = [_describe(value.name, value.array) for value in self.inputs]
        results = [_describe(value.name, value.array) for value in outputs]
        constants = [numpy_helper.from_array(a, n) for n, a in self.initializers.items() if n in self.used]
        chosen = {tensor.name for tensor in constants if self.chance(0.05)}
        nodes = [helper.make_node("Constant", [], [c.name], value=c) for c in constants if c.name in chosen]
        constants = [tensor for tensor in constants if tensor.name not in chosen]
        graph = helper.make_graph(nodes + self.nodes, name, inputs, results, constants)
        return self._wrap(graph)

    def _compute(self, node, operands) -> tuple:
        free = {x.name: x for x in operands if x.name not in self.initializers}
        try:
            session = reference.session(self._alone(node, operands).SerializeToString())
            exact = session.run(None, {name: x.array for name, x in free.items()})
            return exact, session.run(None, {name: x.shadow for name, x in free.items()})
        # The exceptions of ONNX Runtime have no class of their own in common.
        except Exception as error:
            raise Unsuitable(f"{node.op_type}: {error}") from error

    def _infer(self, node, operands, results):
        # ONNX too has a say on which shape a node gives: it and ONNX Runtime do not agree on every attribute.
        try:
            onnx.checker.check_model(self._alone(node, operands, results), full_check=True)
        except (onnx.checker.ValidationError, onnx.shape_inference.InferenceError) as error:
            raise Unsuitable(f"{node.op_type}: {error}") from error

    def _alone(self, node, operands, results=()) -> onnx.ModelProto:
        unique = {x.name: x for x in operands}
        constants = [numpy_helper.from_array(self.initializers[n], n) for n in unique if n in self.initializers]
        inputs = [_describe(n, x.array) for n, x in unique.items() if n not in self.initializers]
        outputs = [_describe(x.name, x.array) for x in results] or [onnx.ValueInfoProto(name=n) for n in node.output]
        return self._wrap(helper.make_graph([node], "node", inputs, outputs, constants))

    def _wrap(self, graph) -> onnx.ModelProto:
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", self.opset)], ir_version=8)

    def _disturb(self, array: np.ndarray, rough: bool) -> np.ndarray:
        if array.dtype.kind != "f" or not array.size or np.array_equal(array, np.rint(array)):
            return array  # integers are exact, whatever type holds them
        with np.errstate(invalid="ignore", over="ignore"):  # what is not finite is found later
            size = np.abs(array) + 0.1 * np.sqrt(np.mean(np.square(array, dtype=np.float64)))
            noise = (ROUGH_NOISE if rough else NOISE) * size * self.random.standard_normal(array.shape)
            return np.asarray(array + np.where(array == 0, 0, noise), array.dtype)


def _check(value: Value):
    """Raises Unsuitable for a value that is large, too sensitive or of a type that numpy lacks."""
    array, shadow = value.array, value.shadow
    if not isinstance(array, np.ndarray) or array.dtype.kind not in "biuf" or array.size > MOST_ELEMENTS:
        raise Unsuitable
    if array.dtype.kind != "f":
        if not np.array_equal(array, shadow) or (array.size and np.abs(array.astype(float)).max() > 2**20):
            raise Unsuitable
        return
    undefined = np.isnan(array)
    if not np.array_equal(undefined, np.isnan(shadow)):
        raise Unsuitable
    exact, disturbed = (np.where(undefined, 0, a).astype(np.float64) for a in (array, shadow))
    if exact.size and np.abs(exact).max() > LARGEST:
        raise Unsuitable
    scale = np.linalg.norm(exact)
    # Near the smallest numbers two right results may differ by all that there is.
    if 0 < scale < 1e-4 or np.linalg.norm(disturbed - exact) > SHARE * value.tolerance * scale:
        raise Unsuitable


def _describe(name: str, array: np.ndarray) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(array.dtype), array.shape)
