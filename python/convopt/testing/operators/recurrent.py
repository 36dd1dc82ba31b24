"""LSTM, GRU and RNN with any of their inputs, and ReverseSequence."""

import numpy as np

from convopt.testing.growth import Growth, Unsuitable, Value
from convopt.testing.operators import grows

GATES = {"LSTM": 4, "GRU": 3, "RNN": 1}
# None that has parameters: of those ONNX Runtime has other defaults than the standard, or reads beyond a list.
ACTIVATIONS = ["Sigmoid", "Tanh", "Softsign", "Relu"]


def _sequences(g: Growth) -> Value:
    """A tensor of three dimensions: steps, a batch, inputs."""
    x = g.pick(lambda v: v.real and 1 <= v.rank and 2 <= v.array.size <= 1024)
    if x.rank == 3:
        return x
    size = x.array.size
    steps = g.choose([n for n in range(1, 9) if size % n == 0])
    batch = g.choose([n for n in (1, 2, 3, 4) if size // steps % n == 0])
    return g.add("Reshape", x, g.integers([steps, batch, size // steps // batch]))


@grows(3)
def layer(g: Growth):
    """Any kind, size, direction, states, lengths and variant."""
    kind = g.choose(list(GATES))
    x = _sequences(g)
    steps, batch, inputs = x.shape
    if steps > 16:
        raise Unsuitable
    direction = g.choose(["forward", "reverse", "bidirectional"])
    count = 2 if direction == "bidirectional" else 1
    units = g.choose([1, 3, 4, 8, 12, 16, 17, 24, 32])
    rows = GATES[kind] * units
    maybe = lambda *shape: g.weight(*shape, deviation=0.5) if g.chance(0.5) else None  # noqa: E731
    w = g.weight(count, rows, inputs, deviation=inputs**-0.5)
    r = g.weight(count, rows, units, deviation=units**-0.5)
    lengths = g.constant(g.random.integers(1, steps + 1, batch), np.int32) if g.chance(0.3) else None
    operands = [x, w, r, maybe(count, 2 * rows), lengths, maybe(count, batch, units)]
    attributes = {"hidden_size": units, "direction": direction}
    if kind == "LSTM":
        operands += [maybe(count, batch, units), maybe(count, 3 * units)]
    if kind == "GRU":
        attributes["linear_before_reset"] = g.integer(0, 1)
    if kind == "RNN" and g.chance(0.5):
        attributes["activations"] = [g.choose(ACTIVATIONS) for _ in range(count)]
    return g.add(kind, *operands, outputs=3 if kind == "LSTM" else 2, **attributes)


@grows(0.7)
def reverse_sequence(g: Growth):
    """The first elements of each sequence in reverse."""
    if g.opset < 10:
        raise Unsuitable
    x = g.pick(lambda v: v.real and v.rank >= 2 and v.array.size)
    batch = g.integer(0, 1)
    lengths = g.integers(g.random.integers(1, x.shape[1 - batch] + 1, x.shape[batch]))
    return g.add("ReverseSequence", x, lengths, batch_axis=batch, time_axis=1 - batch)
