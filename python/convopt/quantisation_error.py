"""What quantisation costs in accuracy: signal to noise ratio, in decibels, of outputs and of every layer.

20 log10(|f32| / |f32 - quantised|), norms over all elements of all samples. Each bit less of one tensor takes 6 dB; of
the whole network it is what the layers before have lost together. The figures are those of
onnxruntime.quantization.qdq_loss_debug.
"""

import tempfile
from pathlib import Path
from typing import NamedTuple

import onnx
import onnxruntime
from onnxruntime.quantization import qdq_loss_debug as debug


class Layer(NamedTuple):
    """A tensor that is quantised, the operator that makes it, and its dB against that of the f32 network."""

    tensor: str
    operator: str
    error: float


def _run(path, samples) -> list:
    """A list of every output's values, by output."""
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.log_severity_level = 4
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    return list(zip(*(session.run(None, feed) for feed in samples.feeds), strict=True))


def output_errors(original, quantised, samples) -> dict:
    """dB of every output over all samples, by its name. Paths of two models of the same inputs and outputs."""
    names = [output.name for output in onnx.load(original, load_external_data=False).graph.output]
    pairs = zip(names, _run(original, samples), _run(quantised, samples), strict=True)
    return {name: debug.compute_signal_to_quantization_noice_ratio(a, b) for name, a, b in pairs}


def layer_errors(original, quantised, samples) -> list:
    """A Layer for each quantised tensor that is no weight, in the order in which they are computed.

    original: what the quantiser was given. quantised: in the form QDQ. All values of all samples are in memory.
    """
    with tempfile.TemporaryDirectory(prefix="convopt-") as folder:
        values = []
        for path in (quantised, original):
            augmented = str(Path(folder) / "augmented.onnx")
            debug.modify_model_output_intermediate_tensors(str(path), augmented)
            values.append(debug.collect_activations(augmented, samples.rewind()))
    pairs = debug.create_activation_matching(*values)
    pairs = {name: pair for name, pair in pairs.items() if pair.get("float") is not None}
    found = debug.compute_activation_error(pairs)
    graph = onnx.load(original, load_external_data=False).graph
    makers = {value.name: "input" for value in graph.input}
    makers |= {output: node.op_type for node in graph.node for output in node.output}
    return [Layer(name, operator, found[name]["xmodel_err"]) for name, operator in makers.items() if name in found]


def table(layers: list) -> str:
    """One line a layer."""
    rows = [("dB", "of", "tensor"), *((f"{layer.error:.1f}", layer.operator, layer.tensor) for layer in layers)]
    width = max(len(row[1]) for row in rows)
    return "\n".join(f"{error:>6}  {operator:{width}}  {tensor}" for error, operator, tensor in rows)


def plot(layers: list, outputs: dict, path) -> None:
    """The layers from the first to the last as an SVG; the same figures give the same bytes."""
    from matplotlib.figure import Figure

    from convopt.plots import save_svg

    figure = Figure(figsize=(max(6, 0.12 * len(layers) + 2), 4), layout="constrained")
    axes = figure.add_subplot(xlabel="quantised tensor, from input to output", ylabel="signal to noise, dB")
    axes.grid(True, linewidth=0.3)
    values = [layer.error for layer in layers]
    axes.plot(range(len(layers)), values, "o-", markersize=3, color="#c0392b", label="against f32")
    for name, value in outputs.items():
        axes.axhline(value, linewidth=0.8, linestyle="--", color="#2c5f8a", label=f"output {name}: {value:.1f} dB")
    axes.set_ylim(bottom=min([0, *values]))
    axes.legend(fontsize=8)
    save_svg(figure, path)
