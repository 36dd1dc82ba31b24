"""What every engine is told about a model."""

from dataclasses import dataclass, field
from pathlib import Path


class Unsupported(Exception):
    """The engine cannot take this model, or not with these settings; the text says why."""


@dataclass
class Task:
    """A model file with static shapes, and how to run it."""

    model: Path
    threads: int
    inputs: dict[str, tuple[int, ...]]
    outputs: dict[str, tuple[int, ...]]
    options: list[str] = field(default_factory=list)
    quantised: bool = False


# Of which quantised models consist; what begins with QLinear too.
QUANTISED = ("QuantizeLinear", "DequantizeLinear", "ConvInteger", "MatMulInteger", "QGemm")


def refuse_quantised(task: Task) -> None:
    """For engines whose converters read no quantised ONNX."""
    if task.quantised:
        raise Unsupported("its converter has no integers of quantised ONNX; it quantises by tools of its own")


def task(model: Path, threads: int, options: list[str] | None = None) -> Task:
    """Reads names and shapes from `model`; a symbolic dimension counts as 1, as in the tests."""
    import onnx  # Here, for a process that runs an engine must not hold it: its memory is measured.

    graph = onnx.load(model, load_external_data=False).graph
    weights = {tensor.name for tensor in graph.initializer}

    def shapes(values) -> dict[str, tuple[int, ...]]:
        return {
            value.name: tuple(dim.dim_value or 1 for dim in value.type.tensor_type.shape.dim)
            for value in values
            if value.name not in weights
        }

    quantised = any(node.op_type in QUANTISED or node.op_type.startswith("QLinear") for node in graph.node)
    return Task(model, threads, shapes(graph.input), shapes(graph.output), options or [], quantised)
