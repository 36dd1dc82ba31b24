"""The networks of test/models in 8-bit integers, and how outputs of such networks are compared.

python -m convopt.testing.quantised_networks [NAME...]   prepares them (the twelve by default) and prints the paths

Each in two kinds, QDQ with a scale for each channel of a weight: activations unsigned (u8s8) and signed (s8s8), weights
signed. Ranges are those of a few random images, so that the same network gives the same file everywhere.

Two right implementations differ. A sum that lies near the middle of two quanta is rounded to the one or the other by
the last bits of floating point; a ten-thousandth of the elements of each layer is enough to change, twenty layers
later, a third of the outputs by a quantum. ONNX Runtime without optimisations (sums of f32) and with them (sums of
integers) differ as much, on 0.2 % of ShuffleNetV2's and MobileNetV2's outputs by two quanta. So that is one measure;
the other is how far each is from what f64 gives.
"""

import os
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

import numpy as np
import onnx
import onnxruntime

from convopt.testing import exact, networks, reference

KINDS = {"u8s8": "u8", "s8s8": "s8"}
CALIBRATION_INPUTS = 4
MOST = 1e-3
OWN, PLAIN, EXACT = "ONNX Runtime", "plain ONNX Runtime", "exact"
# They change no element.
MOVERS = ("Flatten", "Identity", "Reshape", "Squeeze", "Transpose", "Unsqueeze")


def names() -> list:
    """Those of test/models."""
    return sorted(path.stem for path in networks.TOPOLOGIES.glob("*.onnx"))


def random_feed(name: str, seed: int) -> dict:
    """Images for the inputs of a network, by name; seeds below CALIBRATION_INPUTS are those it was quantised by."""
    model = onnx.load(networks.network(name).path)
    inputs = networks.random_inputs(model, 1000 + seed)
    weights = {tensor.name for tensor in model.graph.initializer}
    return dict(zip([value.name for value in model.graph.input if value.name not in weights], inputs, strict=True))


def network(name: str, kind: str, folder: Path = networks.CACHE) -> Path:
    """The file of network `name` as `kind`, one of KINDS; made in `folder` if an earlier call has not left it there."""
    path = folder / f"{name}.{kind}.onnx"
    if not path.exists():
        # Here, since it imports the quantiser, which takes a second.
        from convopt import calibration, quantize

        samples = calibration.Samples([random_feed(name, seed) for seed in range(CALIBRATION_INPUTS)])
        with tempfile.TemporaryDirectory(prefix="convopt-", dir=folder) as made:
            prepared, result = Path(made) / "prepared.onnx", Path(made) / "result.onnx"
            quantize.prepare(networks.network(name).path, prepared)
            quantize.quantise(prepared, result, samples, activations=KINDS[kind])
            os.replace(result, path)
    return path


def quanta(path) -> list:
    """For each output the least difference that it can show: the scale of the DequantizeLinear behind it."""
    graph = onnx.load(path).graph
    tensors = {tensor.name: tensor for tensor in graph.initializer}
    makers = {node.output[0]: node for node in graph.node}
    nodes = [makers[output.name] for output in graph.output]
    while moving := [i for i, node in enumerate(nodes) if node.op_type in MOVERS and node.input[0] in makers]:
        for i in moving:
            nodes[i] = makers[nodes[i].input[0]]
    if any(node.op_type != "DequantizeLinear" for node in nodes):
        raise ValueError(f"{path}: an output is not quantised")
    return [float(onnx.numpy_helper.to_array(tensors[node.input[1]])) for node in nodes]


class Agreement(NamedTuple):
    """Of two results that are multiples of one quantum.

    largest: difference, in quanta. differ, beyond: shares of elements that differ at all, and by more than one.
    same_top: what is largest in the one is (one of) the largest in the other.
    """

    largest: float
    differ: float
    beyond: float
    same_top: bool


def agree(actual: np.ndarray, expected: np.ndarray, quantum: float) -> Agreement:
    """Compares two arrays of one type and size, not empty."""
    actual = actual.reshape(expected.shape)
    if actual.dtype != expected.dtype:
        raise ValueError(f"{actual.dtype} is not {expected.dtype}")
    apart = np.rint(np.abs(actual.astype(np.float64) - expected) / quantum)
    top = bool(expected.flat[actual.argmax()] == expected.max())
    return Agreement(float(apart.max()), float((apart > 0).mean()), float((apart > 1).mean()), top)


class Judgement(NamedTuple):
    """Of one runner on several inputs, means over all elements: `differ` and `beyond` as in Agreement.

    largest: in quanta. other_top: the inputs for which the largest output is another one.
    """

    differ: float
    beyond: float
    largest: float
    other_top: int


def _summary(found: list) -> Judgement:
    differ, beyond = (float(np.mean([getattr(each, part) for each in found])) for part in ("differ", "beyond"))
    return Judgement(differ, beyond, max(each.largest for each in found), sum(not each.same_top for each in found))


def judge(name: str, path, runners: dict, count: int, exactly: bool = False) -> dict:
    """On `count` inputs a Judgement of each runner against each reference: {reference: {runner: Judgement}}.

    runners: functions from a list of inputs to the output. OWN is added to them, ONNX Runtime with all optimisations.
    The references are PLAIN, ONNX Runtime without optimisations, and, if `exactly`, EXACT, against which PLAIN is a
    runner too.
    """
    (quantum,) = quanta(path)
    plain = reference.session(path)
    options = onnxruntime.SessionOptions()
    options.log_severity_level, options.intra_op_num_threads = 4, 1
    optimised = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    inputs = [value.name for value in plain.get_inputs()]
    runners = runners | {OWN: lambda arrays: optimised.run(None, dict(zip(inputs, arrays, strict=True)))[0]}
    references = {PLAIN: lambda arrays: plain.run(None, dict(zip(inputs, arrays, strict=True)))[0]}
    if exactly:
        evaluator = exact.evaluator(path)
        references[EXACT] = lambda arrays: exact.run(evaluator, arrays)[0].astype(np.float32)
    found = {each: {} for each in references}
    for seed in range(CALIBRATION_INPUTS, CALIBRATION_INPUTS + count):
        feed = random_feed(name, seed)
        arrays = [feed[name] for name in inputs]
        expected = {each: run(arrays) for each, run in references.items()}
        results = {runner: run(arrays) for runner, run in runners.items()}
        for each, wanted in expected.items():
            for runner, result in (results | {PLAIN: expected[PLAIN]} if each == EXACT else results).items():
                found[each].setdefault(runner, []).append(agree(result, wanted, quantum))
    return {each: {runner: _summary(list_) for runner, list_ in by.items()} for each, by in found.items()}


def is_good(judged: dict, runner: str) -> bool:
    """Whether few of the results of `runner` are more than a quantum off, by what judge() gave.

    Few are 0.1 %; or as many as PLAIN has off EXACT and a half more, where they were compared; or else, off PLAIN,
    twice as many as OWN.
    """
    if EXACT in judged:
        found, usual = judged[EXACT][runner], 1.5 * judged[EXACT][PLAIN].beyond
    else:
        found, usual = judged[PLAIN][runner], 2 * judged[PLAIN][OWN].beyond
    return found.beyond <= max(MOST, usual)


if __name__ == "__main__":
    for wanted in sys.argv[1:] or names():
        for each in KINDS:
            print(network(wanted, each))
