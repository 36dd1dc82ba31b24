"""Times operators that are alone in a graph, compiled and by ONNX Runtime, in turns in one process on one core.

    CONVOPT_BIN=build/release/bin .deps/venv/bin/python bench/operators.py [NAME...] [--list] [--rounds 30] [--core 0]
    CONVOPT_BIN=build/release/bin .deps/venv/bin/python bench/operators.py --model FILE.onnx

Each line: the least times of both in milliseconds, and how many times as long ours takes (below one: it is faster).
Both write their results where the caller wants them, so that no memory is taken or given back in what is timed.
"""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import onnx
import onnxruntime

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "python"))

from convopt import interface, runtime  # noqa: E402
from convopt.testing import coatnet, networks, reference, video  # noqa: E402
from convopt.testing.builder import Builder  # noqa: E402

# Seconds that the engine whose turn it is runs before it is timed, and seconds that it is timed for, a round.
WARM, TIMED = 0.01, 0.03


def single(operator: str, *shapes, initializers=(), **attributes):
    """A model of one node: inputs of `shapes`, then the arrays `initializers` (None: an input left out)."""

    def build() -> onnx.ModelProto:
        b = Builder(operator.lower(), seed=1)
        operands = [b.input(*shape) for shape in shapes]
        operands += ["" if array is None else b.constant(array, array.dtype) for array in initializers]
        return b.model(b.add(operator, *operands, **attributes))

    return build


def attended() -> onnx.ModelProto:
    """Values of 12 heads, their channels outermost, times weights, with the channels of all heads innermost."""
    b = Builder("attended", seed=1)
    values, weights = b.input(12, 32, 196), b.input(12, 196, 196)
    product = b.add("MatMul", values, b.add("Transpose", weights, perm=[0, 2, 1]))
    return b.model(b.add("Transpose", product, perm=[2, 0, 1]))


def weights(*shape: int) -> np.ndarray:
    """Random numbers of an operator that has few inputs to sum up."""
    return np.random.default_rng(2).normal(0, 0.1, shape).astype(np.float32)


SCALES = np.array([1, 1, 2, 2], np.float32)
IMAGE = (1, 64, 56, 56)
PADDED3 = {"kernel_shape": [3, 3], "pads": [1] * 4}
PADDED5 = {"kernel_shape": [5, 5], "pads": [2] * 4}

MODELS = {
    "resize_nearest_2": single(
        "Resize",
        IMAGE,
        initializers=(None, SCALES),
        mode="nearest",
        coordinate_transformation_mode="asymmetric",
        nearest_mode="floor",
    ),
    "resize_linear_2": single("Resize", IMAGE, initializers=(None, SCALES), mode="linear"),
    "sin": single("Sin", IMAGE),
    "cos": single("Cos", IMAGE),
    "exp": single("Exp", IMAGE),
    "tanh": single("Tanh", IMAGE),
    "erf": single("Erf", IMAGE),
    "sigmoid": single("Sigmoid", IMAGE),
    "average_3": single("AveragePool", IMAGE, strides=[1, 1], **PADDED3),
    "average_3_step_2": single("AveragePool", IMAGE, strides=[2, 2], **PADDED3),
    "maximum_3": single("MaxPool", IMAGE, strides=[1, 1], **PADDED3),
    "maximum_3_step_2": single("MaxPool", IMAGE, strides=[2, 2], **PADDED3),
    "maximum_5": single("MaxPool", IMAGE, strides=[1, 1], **PADDED5),
    "maximum_3_of_7": single("MaxPool", (1, 512, 7, 7), kernel_shape=[3, 3], strides=[2, 2], pads=[1] * 4),
    "average_3_of_14": single("AveragePool", (1, 256, 14, 14), kernel_shape=[3, 3], strides=[2, 2], pads=[1] * 4),
    "softmax_last": single("Softmax", (64, 1000), axis=-1),
    "softmax_rows": single("Softmax", (512, 1000), axis=-1),
    "softmax_long": single("Softmax", (64, 32000), axis=-1),
    "softmax_short": single("Softmax", (8, 128, 128), axis=-1),
    "layer_norm": single("ReduceMean", (64, 1024), axes=[-1]),
    "product_128": single("MatMul", (128, 128), (128, 128)),
    "product_384": single("MatMul", (384, 384), (384, 384)),
    "product_512": single("MatMul", (512, 512), (512, 512)),
    "product_heads": single("MatMul", (8, 128, 64), (8, 64, 128)),
    "product_of_heads_out": attended,
    "transposed_1d_16": single(
        "ConvTranspose", (1, 64, 256), initializers=(weights(64, 32, 16),), strides=[8], pads=[4, 4]
    ),
    "conv_3d": single("Conv", (1, 32, 8, 28, 28), initializers=(weights(32, 32, 3, 3, 3),), pads=[1] * 6),
    "conv_3d_plane": single(
        "Conv", (1, 32, 8, 28, 28), initializers=(weights(32, 32, 1, 3, 3),), pads=[0, 1, 1, 0, 1, 1]
    ),
    "conv_3d_depth": single(
        "Conv", (1, 32, 8, 28, 28), initializers=(weights(32, 32, 3, 1, 1),), pads=[1, 0, 0, 1, 0, 0]
    ),
    "conv_3d_pointwise": single("Conv", (1, 32, 8, 28, 28), initializers=(weights(64, 32, 1, 1, 1),)),
    "conv_3d_step_2": single(
        "Conv", (1, 32, 8, 28, 28), initializers=(weights(64, 32, 3, 3, 3),), strides=[2] * 3, pads=[1] * 6
    ),
    "conv_3d_groups": single(
        "Conv", (1, 64, 8, 28, 28), initializers=(weights(64, 8, 3, 3, 3),), pads=[1] * 6, group=8
    ),
    "conv_3d_depthwise": single(
        "Conv", (1, 64, 8, 28, 28), initializers=(weights(64, 1, 3, 3, 3),), pads=[1] * 6, group=64
    ),
    "transposed_3d": single(
        "ConvTranspose", (1, 32, 8, 14, 14), initializers=(weights(32, 16, 4, 4, 4),), strides=[2] * 3, pads=[1] * 6
    ),
    "transposed_3d_2": single(
        "ConvTranspose", (1, 32, 8, 14, 14), initializers=(weights(32, 16, 2, 2, 2),), strides=[2] * 3
    ),
    "r3d_18": video.r3d_18,
    "coatnet_0": coatnet.coatnet,
}


def least(run) -> float:
    """Seconds of the fastest of a turn's runs."""
    start = time.perf_counter()
    run()
    while time.perf_counter() - start < WARM:
        run()
    start, best = time.perf_counter(), float("inf")
    while time.perf_counter() - start < TIMED:
        begin = time.perf_counter()
        run()
        best = min(best, time.perf_counter() - begin)
    return best


def ours(model: Path, folder: Path, inputs: list, options: dict):
    """A function that runs the compiled model, and its outputs."""
    library = runtime.compile_file(model, folder / "model.so", emit="shared", target="host", **options)
    loaded = runtime.Model(library)
    outputs = loaded.run(inputs)
    # The object's function itself: what run() checks of arrays would be a quarter of a small operator's time.
    call, workspace = loaded._handle.run, loaded._address
    arrays, results = interface.pointers(inputs), interface.pointers(outputs)

    def run(_kept=(loaded, inputs, outputs)):
        call(arrays, results, workspace)

    return run, outputs


def theirs(model: Path, inputs: list):
    """The same for ONNX Runtime."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
    names = [value.name for value in session.get_inputs()]
    outputs = session.run(None, dict(zip(names, inputs, strict=True)))
    binding = session.io_binding()
    for name, array in zip(names, inputs, strict=True):
        binding.bind_cpu_input(name, array)
    for value, array in zip(session.get_outputs(), outputs, strict=True):
        kept = onnxruntime.OrtValue.ortvalue_from_numpy(array)
        binding.bind_ortvalue_output(value.name, kept)
    return lambda: session.run_with_iobinding(binding), outputs


def compare(model: Path, rounds: int, options: dict) -> str:
    """A line with the times of both engines, the ratio, and the error of ours against theirs."""
    inputs = networks.random_inputs(onnx.load(model))
    with tempfile.TemporaryDirectory(prefix="convopt-bench-") as folder:
        mine, results = ours(model, Path(folder), inputs, options)
        other, expected = theirs(model, inputs)
        times = [float("inf"), float("inf")]
        for _ in range(rounds):
            times = [min(best, least(run)) for best, run in zip(times, (mine, other), strict=True)]
    error = max(reference.relative_error(a, b) for a, b in zip(results, expected, strict=True))
    return f"{times[0] * 1e3:9.3f} {times[1] * 1e3:9.3f} {times[0] / times[1]:7.2f}   {error:.1e}"


def main() -> None:
    """Compares the operators of the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="parts of names, see --list (default: all)")
    parser.add_argument("--list", action="store_true", help="say which there are")
    parser.add_argument("--model", type=Path, help="a model file in their place")
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--core", type=int, help="where to run (default: the last of the machine)")
    parser.add_argument("--option", action="append", default=[], help="a further option for convopt-compile")
    arguments = parser.parse_args()
    chosen = [name for name in MODELS if not arguments.names or any(part in name for part in arguments.names)]
    if arguments.list:
        print("\n".join(chosen))
        return
    if not chosen and not arguments.model:
        parser.error("no operator's name has any of these in it; --list says which there are")
    options = dict(option.lstrip("-").partition("=")[::2] for option in arguments.option)
    options = {name: value or True for name, value in options.items()}
    core = max(os.sched_getaffinity(0)) if arguments.core is None else arguments.core
    os.sched_setaffinity(0, {core})
    print(f"{'':22} {'ours ms':>9} {'theirs':>9} {'ratio':>7}   error")
    with tempfile.TemporaryDirectory(prefix="convopt-bench-") as folder:
        for name in [arguments.model.stem] if arguments.model else chosen:
            path = arguments.model or Path(folder) / f"{name}.onnx"
            if not arguments.model:
                onnx.save(MODELS[name](), path)
            try:
                print(f"{name:22} {compare(path, arguments.rounds, options)}", flush=True)
            except runtime.CompileError as error:
                print(f"{name:22} {error}", flush=True)


if __name__ == "__main__":
    main()
