"""Quantise a model to 8-bit integers by ONNX Runtime's quantiser, and say what that costs in accuracy.

    python -m convopt.quantize model.onnx --calibrate=samples.npz -o q.onnx [--plot=layers.svg]

samples.npz has an array for each input, called like it, whose first dimension counts samples; a model of one input also
takes an .npy or a folder of them. What is written is QDQ: operators on numbers between QuantizeLinear and
DequantizeLinear, weights in integers with a scale for each channel. docs/quantisation.md has more.
"""

import argparse
import contextlib
import logging
import os
import sys
import tempfile
from pathlib import Path

METHODS = ("minmax", "entropy", "percentile")
# Layers are judged on few samples: all their values are in memory at once.
LAYER_SAMPLES = 4


class Refused(Exception):
    """The model, the samples or the options cannot be used; one line that says why."""


def quantise(model, output, samples, *, form="qdq", activations="u8", weights="s8", per_channel=True, method="minmax",
             symmetric=False, exclude=()) -> None:  # fmt: skip
    """Writes `output`, the quantised form of `model`, which prepare() has made.

    samples: a calibration.Samples. form: qdq or qoperator. activations, weights: u8 or s8. method: one of METHODS.
    symmetric: zero points of activations are in the middle. exclude: names of nodes that stay as they are.
    """
    from onnxruntime import quantization as q

    types = {"u8": q.QuantType.QUInt8, "s8": q.QuantType.QInt8}
    methods = dict(zip(METHODS, [q.CalibrationMethod.MinMax, q.CalibrationMethod.Entropy,
                                 q.CalibrationMethod.Percentile], strict=True))  # fmt: skip
    # Its calibrators tell of their steps.
    with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):
        q.quantize_static(
            str(model),
            str(output),
            samples.rewind(),
            quant_format=q.QuantFormat.QDQ if form == "qdq" else q.QuantFormat.QOperator,
            per_channel=per_channel,
            activation_type=types[activations],
            weight_type=types[weights],
            nodes_to_exclude=list(exclude),
            calibrate_method=methods[method],
            extra_options={"ActivationSymmetric": symmetric},
        )


def prepare(model, output) -> None:
    """Writes `output`, `model` as the quantiser needs it: optimised, with all shapes, of opset 13 at least.

    Batch normalisations are part of the convolutions then, which is why layers are compared with this model.
    """
    import onnx
    from onnxruntime.quantization import shape_inference

    proto = onnx.load(model)
    if any(entry.domain in ("", "ai.onnx") and entry.version < 13 for entry in proto.opset_import):
        # Scales for each channel are of opset 13.
        proto = onnx.version_converter.convert_version(proto, 13)
    if any(node.op_type in ("QuantizeLinear", "DequantizeLinear", "QLinearConv") for node in proto.graph.node):
        raise Refused(f"{model}: the model is quantised already")
    with tempfile.TemporaryDirectory(prefix="convopt-") as folder:
        path = Path(folder) / "model.onnx"
        onnx.save(proto, path)
        try:
            shape_inference.quant_pre_process(str(path), str(output))
        except Exception:
            # Symbolic inference does not know all operators; sizes that are numbers do not need it.
            shape_inference.quant_pre_process(str(path), str(output), skip_symbolic_shape=True)


def read_inputs(model) -> list:
    """The model's inputs as an InferenceSession lists them; Refused where ONNX Runtime does not take the model."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.log_severity_level = 4
    if not Path(model).is_file():
        raise Refused(f"{model}: no such file")
    try:
        return onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"]).get_inputs()
    except Exception as error:
        raise Refused(f"{model}: {_one_line(error)}") from None


def _one_line(error) -> str:
    return " ".join(str(error).split()) or type(error).__name__


def _range(text: str) -> tuple:
    least, most = map(float, text.split(","))
    if not least < most:
        raise ValueError(text)
    return least, most


def _count(text: str) -> int:
    if (count := int(text)) < 1:
        raise ValueError(text)
    return count


def parse() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="convopt.quantize", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("model", type=Path)
    parser.add_argument("-o", dest="output", type=Path, required=True, metavar="FILE", help="the quantised model")
    parser.add_argument("--calibrate", metavar="FILE", help="samples: .npz, .npy or a folder (default: random)")
    parser.add_argument("--samples", type=_count, default=16, metavar="N", help="how many random ones (16)")
    parser.add_argument("--range", type=_range, metavar="LEAST,MOST", help="of random ones (mean 0, variance 1)")
    parser.add_argument("--seed", type=int, default=0, help="of random ones (0)")
    parser.add_argument("--judge", metavar="FILE", help="samples to judge by (default: those of --calibrate)")
    parser.add_argument("--format", choices=("qdq", "qoperator"), default="qdq", help="operators on numbers between "
                        "conversions, or on integers (qdq)")  # fmt: skip
    parser.add_argument("--activations", choices=("u8", "s8"), default="u8", help="(u8)")
    parser.add_argument("--weights", choices=("s8", "u8"), default="s8", help="(s8)")
    parser.add_argument("--per-tensor", action="store_true", help="one scale for all channels of a weight")
    parser.add_argument("--symmetric", action="store_true", help="activations with their zero point in the middle")
    parser.add_argument("--method", choices=METHODS, default="minmax", help="how samples give ranges (minmax)")
    parser.add_argument("--exclude", action="append", default=[], metavar="NODE", help="left in f32; may be repeated")
    parser.add_argument("--plot", type=Path, metavar="FILE.svg", help="the layers' signal to noise ratio")
    return parser.parse_args()


def _choose_samples(options, inputs):
    """Those to calibrate by, those to judge by, and what they are, in words."""
    import onnx

    from convopt.calibration import random_samples, read_samples, stated_range

    if options.calibrate:
        samples = read_samples(options.calibrate, inputs)
        said = f"calibrated by {len(samples)} samples of {options.calibrate}"
    else:
        extent = options.range or stated_range(onnx.load(options.model, load_external_data=False))
        samples = random_samples(inputs, options.samples, extent, options.seed)
        what = f"from {extent[0]:g} to {extent[1]:g}" if extent else "of mean 0 and variance 1"
        said = f"calibrated by {len(samples)} random inputs {what}, for want of --calibrate; real ones differ"
    return samples, read_samples(options.judge, inputs) if options.judge else samples, said


def _check(options) -> None:
    for path in filter(None, (options.output, options.plot)):
        if not path.absolute().parent.is_dir():
            raise Refused(f"{path}: there is no folder {path.parent}")
    if options.plot and options.format != "qdq":
        raise Refused("--plot: layers can be compared in --format=qdq alone")
    if (options.activations, options.weights) == ("s8", "u8"):
        raise Refused("activations of s8 need weights of s8")


def run(options, folder: Path) -> None:
    """Does what the command line says, by files in `folder`; its output appears last, and whole."""
    import onnx

    from convopt import quantisation_error as errors

    _check(options)
    inputs = read_inputs(options.model)
    samples, judged, said = _choose_samples(options, inputs)
    prepared, result = folder / "prepared.onnx", folder / "quantised.onnx"
    prepare(options.model, prepared)
    names = {node.name for node in onnx.load(prepared, load_external_data=False).graph.node}
    if unknown := [name for name in options.exclude if name not in names]:
        raise Refused(f"--exclude: after optimisation no node is called '{unknown[0]}'")
    quantise(prepared, result, samples, form=options.format, activations=options.activations, weights=options.weights,
             per_channel=not options.per_tensor, method=options.method, symmetric=options.symmetric,
             exclude=options.exclude)  # fmt: skip
    print(said)
    before, after = (path.stat().st_size / 1e6 for path in (options.model, result))
    print(f"{before:.2f} MB before, {after:.2f} MB after")
    if options.format == "qdq":
        layers = errors.layer_errors(prepared, result, judged.first(LAYER_SAMPLES))
        print(errors.table(layers))
    outputs = errors.output_errors(prepared, result, judged)
    which = f"samples of {options.judge}" if options.judge else "the samples of the calibration"
    for name, value in outputs.items():
        print(f"output {name}: {value:.1f} dB against f32, on {which}")
    if options.plot:
        errors.plot(layers, outputs, folder / "plot.svg")
        _place(folder / "plot.svg", options.plot)
    _place(result, options.output)


def _place(made: Path, path: Path) -> None:
    """Another file system may hold the folder of temporary files."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_bytes(made.read_bytes())
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)


def main() -> int:
    """Quantises; 1 and a line of text where that is impossible."""
    options = parse()
    # The quantiser's advice and tracebacks: what stops it is an exception as well.
    logging.disable(logging.CRITICAL)
    try:
        with tempfile.TemporaryDirectory(prefix="convopt-") as folder:
            run(options, Path(folder))
    except ImportError as error:
        print(f"convopt.quantize: {_one_line(error)}; it needs onnx and onnxruntime", file=sys.stderr)
    except Refused as error:
        print(f"convopt.quantize: {error}", file=sys.stderr)
    except Exception as error:
        print(f"convopt.quantize: {options.model}: {_one_line(error)}", file=sys.stderr)
    else:
        return 0
    return 1


if __name__ == "__main__":
    sys.exit(main())
