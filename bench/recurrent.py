"""LSTM and GRU layers of many sizes, side by side with ONNX Runtime: one thread, on one core.

    python bench/recurrent.py [--core 1] [--rounds 7] [--kinds LSTM,GRU] [-o FILE]

Both are loaded in one process and take turns, so that a change of the machine's speed meets both; the least time of
many runs counts. ONNX Runtime runs with every optimisation. The outputs of both are compared.
"""

import argparse
import csv
import math
import os
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "python"))

import numpy as np  # noqa: E402
import onnx  # noqa: E402
import onnxruntime  # noqa: E402
from onnx import TensorProto, helper, numpy_helper  # noqa: E402

from convopt import interface  # noqa: E402
from convopt.measures import geometric_mean  # noqa: E402
from convopt.runtime import Model, compile_file  # noqa: E402
from convopt.testing import reference  # noqa: E402

GATES = {"LSTM": 4, "GRU": 3, "RNN": 1}
# Hidden units and inputs, batch, steps.
SIZES = [
    (units, inputs, batch, steps)
    for units, inputs in [(32, 32), (64, 64), (64, 512), (128, 128), (256, 64), (256, 256), (512, 512)]
    for batch in (1, 8)
    for steps in (1, 10, 100)
]


def layer(kind: str, units: int, inputs: int, batch: int, steps: int) -> onnx.ModelProto:
    """One layer with random weights and a bias, whose every output is read."""
    generator = np.random.default_rng(units + inputs)
    rows = GATES[kind] * units

    def weight(name: str, *shape: int):
        values = generator.standard_normal(shape) / math.sqrt(shape[-1])
        return numpy_helper.from_array(values.astype(np.float32), name)

    weights = [weight("w", 1, rows, inputs), weight("r", 1, rows, units), weight("b", 1, 2 * rows)]
    outputs = ["y", "y_h", "y_c"][: 3 if kind == "LSTM" else 2]
    node = helper.make_node(kind, ["x", "w", "r", "b"], outputs, hidden_size=units)
    shapes = [[steps, 1, batch, units], [1, batch, units], [1, batch, units]]
    values = [helper.make_tensor_value_info(n, TensorProto.FLOAT, s) for n, s in zip(outputs, shapes, strict=False)]
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, [steps, batch, inputs])
    graph = helper.make_graph([node], kind, [x], values, weights)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def least(run, seconds: float) -> float:
    """The least time of one run, of as many as `seconds` hold."""
    best, end = math.inf, time.perf_counter() + seconds
    while True:
        start = time.perf_counter()
        run()
        now = time.perf_counter()
        best = min(best, now - start)
        if now > end:
            return best


def measure(model: onnx.ModelProto, core: int, rounds: int) -> tuple[float, float, float]:
    """Seconds of ours and of ONNX Runtime, and how far the outputs are apart."""
    x = model.graph.input[0]
    shape = [dim.dim_value for dim in x.type.tensor_type.shape.dim]
    data = np.random.default_rng(0).standard_normal(shape).astype(np.float32)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "layer.onnx"
        onnx.save(model, path)
        os.sched_setaffinity(0, range(os.cpu_count()))
        compile_file(path, path.with_suffix(".so"), emit="shared")
        os.sched_setaffinity(0, {core})
        ours = Model(path.with_suffix(".so"))
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        theirs = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        # Neither copies what it is given, nor makes new arrays.
        binding = theirs.io_binding()
        binding.bind_cpu_input(x.name, data)
        expected = theirs.run(None, {x.name: data})
        places = [np.empty_like(array) for array in expected]
        for value, array in zip(model.graph.output, places, strict=True):
            binding.bind_output(value.name, "cpu", 0, np.float32, array.shape, array.ctypes.data)
        outputs = [np.empty_like(array) for array in expected]
        actual = ours.run([data])
        error = max(reference.relative_error(a, b) for a, b in zip(actual, expected, strict=True))
        arguments = interface.pointers([data]), interface.pointers(outputs), ours._address
        best = [math.inf, math.inf]
        for _ in range(rounds):
            best[0] = min(best[0], least(lambda: ours._handle.run(*arguments), 0.03))
            best[1] = min(best[1], least(lambda: theirs.run_with_iobinding(binding), 0.03))
        return *best, error


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--core", type=int, default=max(os.sched_getaffinity(0)))
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--kinds", default="LSTM,GRU")
    parser.add_argument("--only", default="", help="UNITSxINPUTSxBATCHxSTEPS,...")
    parser.add_argument("-o", "--output", type=Path, help="a CSV file")
    arguments = parser.parse_args()
    chosen = [tuple(map(int, size.split("x"))) for size in arguments.only.split(",") if size] or SIZES
    rows = []
    print(f"{'layer':6} {'units':>5} {'inputs':>6} {'batch':>5} {'steps':>5} {'ours us':>9} {'theirs us':>9} ratio")
    for kind in arguments.kinds.split(","):
        for size in chosen:
            ours, theirs, error = measure(layer(kind, *size), arguments.core, arguments.rounds)
            if error > 1e-5:
                raise SystemExit(f"{kind} {size}: the outputs differ by {error:.1e}")
            rows.append((kind, *size, ours, theirs))
            numbers = " ".join(f"{n:>{w}}" for n, w in zip(size, (5, 6, 5, 5), strict=True))
            print(f"{kind:6} {numbers} {ours * 1e6:9.1f} {theirs * 1e6:9.1f} {theirs / ours:5.2f}", flush=True)
    for kind in sorted({row[0] for row in rows}):
        ratios = [row[6] / row[5] for row in rows if row[0] == kind]
        print(f"{kind}: geometric mean {geometric_mean(ratios):.2f} of {len(ratios)}")
    if arguments.output:
        with arguments.output.open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow("layer units inputs batch steps ours_s onnxruntime_s".split())
            writer.writerows(rows)


if __name__ == "__main__":
    main()
