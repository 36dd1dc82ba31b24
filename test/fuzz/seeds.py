"""Writes the seeds of test/fuzz/corpus: small inputs of every kind that the readers take, from which a fuzzer goes on.

    CONVOPT_BIN=build/release/bin PYTHONPATH=python python test/fuzz/seeds.py

Files that are named crash-* are not of here: each is an input that once did harm.
"""

import io
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
from convopt.runtime import find_tool
from convopt.testing import single
from convopt.testing.builder import Builder
from onnx import parser

ROOT = Path(__file__).resolve().parents[2]
CORPUS = Path(__file__).parent / "corpus"
LARGEST = 8192  # bytes of a file

TEXTS = {
    "if": """<ir_version: 8, opset_import: ["" : 17]>
        g (bool c, float[2,3] x) => (float[2,3] z) {
          y, n = If (c) <
            then_branch = t () => (float[2,3] p, int64[1] q) { p = Exp(x)  q = Constant<value = int64[1] {7}>() },
            else_branch = e () => (float[2,3] p, int64[1] q) { p = Neg(x)  q = Constant<value = int64[1] {7}>() }>
          m = Constant<value = int64 {5000}>()
          go = Constant<value = bool {1}>()
          z = Loop (m, go, y) <body = b (int64 i, bool d, float[2,3] s) => (bool d, float[2,3] r) { r = Tanh(s) }>
        }""",
    "loop": """<ir_version: 8, opset_import: ["" : 17]>
        g (float[3] x) => (float[3] y, float[4,3] all) {
          m = Constant<value = int64 {4}>()
          y, all = Loop (m, , x) <body = b (int64 i, bool d, float[3] s) => (bool d, float[3] r, float[3] o) {
            f = Cast<to = 1>(i)  r = Add(s, f)  o = Identity(r) }>
        }""",
    "scan": """<ir_version: 8, opset_import: ["" : 17]>
        g (float[2] a, float[5,2] x) => (float[2] b, float[5,2] y) {
          b, y = Scan <num_scan_inputs = 1, body = s (float[2] p, float[2] q) => (float[2] r, float[2] t) {
            r = Add(p, q)  t = Mul(r, r) }> (a, x)
        }""",
    "function": """<ir_version: 8, opset_import: ["" : 17, "local" : 1]>
        g (float[2,3] x) => (float[2,3] y) { a = local.leak <slope = 0.25> (x)  y = Celu <alpha = 2.0> (a) }
        <domain: "local", opset_import: ["" : 17]>
        leak <slope> (v) => (w) { w = LeakyRelu <alpha : float = @slope> (v) }""",
    "shapes": """<ir_version: 8, opset_import: ["" : 17]>
        g (float[2,3,4] x) => (float[n,m] y) {
          s = Shape(x)  one = Constant<value = int64[1] {1}>()  two = Constant<value = int64[1] {2}>()
          a = Slice(s, one, two)  rest = Constant<value = int64[1] {-1}>()
          t = Concat<axis = 0>(a, rest)  y = Reshape(x, t)
        }""",
    "sort": """<ir_version: 8, opset_import: ["" : 17]>
        g (float[3,7] x) => (float[3,2] v, int64[3,2] i) {
          k = Constant<value = int64[1] {2}>()  v, i = TopK<axis = 1>(x, k)
        }""",
    "lstm": """<ir_version: 8, opset_import: ["" : 17]>
        g (float[3,1,2] x, float[1,8,2] w, float[1,8,2] r) => (float[3,1,1,2] y) {
          y = LSTM<hidden_size = 2>(x, w, r) }""",
    "fused": """<ir_version: 8, opset_import: ["" : 17, "com.microsoft" : 1]>
        g (float[1,2,5,5] x, float[4,2,3,3] w) => (float[1,4,3,3] y) {
          a = com.microsoft.FusedConv<activation = "Relu">(x, w)  y = com.microsoft.Gelu(a)
        }""",
    "old": """<ir_version: 3, opset_import: ["" : 6]>
        g (float[1,2,4,4] x) => (float[1,2,2,2] y) {
          a = Dropout(x)  y = MaxPool<kernel_shape = [2, 2], strides = [2, 2]>(a) }""",
}


def convolutions() -> onnx.ModelProto:
    """A padded, a depthwise and a pointwise one, with what follows convolutions."""
    b = Builder("small")
    x = b.add("Relu", b.batch_norm(b.conv(b.input(1, 3, 8, 8), (3, 4), bias=False), 4))
    x = b.add("Add", x, b.conv(x, (4, 4), group=4, strides=[1, 1]))
    x = b.conv(b.add("Concat", x, x, axis=1), (8, 4), kernel=1)
    x = b.add("Flatten", b.add("GlobalAveragePool", x))
    return b.model(b.add("Softmax", b.add("Gemm", x, b.weight(4, 3)), axis=-1))


def models():
    """Yields a name and a model of each kind."""
    yield "convolutions", convolutions()
    for name, text in TEXTS.items():
        yield name, parser.parse_model(text)
    # A case of each operator, those of one opset together.
    seen, groups = set(), {}
    for seed in range(2000):
        case = single.draw(seed)
        size = sum(array.nbytes for array in case.constants.values())
        if case.node.op_type not in seen and size < 512:
            seen.add(case.node.op_type)
            groups.setdefault(case.opset, []).append(case)
    for opset, cases in sorted(groups.items()):
        for i in range(0, len(cases), 5):
            yield f"opset{opset}_{i // 5}", single.join(cases[i : i + 5])


def write(folder: str, name: str, data: bytes):
    """A seed, if it is small."""
    if len(data) <= LARGEST:
        (CORPUS / folder).mkdir(parents=True, exist_ok=True)
        (CORPUS / folder / name).write_bytes(data)


def modules(name: str, model: Path):
    """What the compiler itself writes of a model."""
    for emit in ("linalg",) if "opset" in name else ("linalg", "annotated"):
        command = [find_tool(), model, f"--emit={emit}", "-o", "-", "--target=x86-64", "--name=model"]
        result = subprocess.run(command, capture_output=True)
        if result.returncode == 0:
            write("mlir", f"{name}.{emit}", result.stdout)


def cost_model() -> bytes:
    """The built-in one with few primitives and two trees of one split."""
    model = json.loads((ROOT / "lib/CostModel/models/builtin.json").read_text())
    model["features"] = "FEATURES"
    del model["feature_names"], model["note"]
    convolution = model["convolution"]
    convolution["primitives"] = convolution["primitives"][:3]
    tree = {"feature": [13], "threshold": [0.5], "missing": [0], "left": [-1], "right": [-2], "value": [0.25, -0.5]}
    convolution["trees"] = [tree, {key: [] for key in tree} | {"value": [1.5]}]
    return json.dumps(model).encode()


def main():
    """All of them."""
    for name, model in models():
        data = model.SerializeToString()
        write("onnx", name, data)
        path = CORPUS / "onnx" / name
        if path.exists() and ("opset" not in name or name.endswith("0")):
            named = path.with_suffix(".onnx")
            named.write_bytes(data)
            modules(name, named)
            named.unlink()
    lines = (ROOT / "data/znver4.csv").read_text().splitlines()
    write("csv", "samples", "\n".join(lines[:6]).encode() + b"\n")
    four = [",".join(line.split(",")[:4]) for line in lines[:3]]
    transform = "n=1 c=8 h=7 w=7,transform nchw->nhwc,znver4/512,1e-06"
    write("csv", "four_columns", "\n".join([*four, transform]).encode() + b"\n")
    layers = [line for line in (ROOT / "data/layers.txt").read_text().splitlines() if line[:1] != "#"]
    write("csv", "layers", ("# layers\n\n" + "\n".join(layers[:8])).encode() + b"\n")
    write("csv", "choice", b"winograd_f5x5_3x3 nchw->nhwc 17x1s7p")
    write("json", "cost_model", cost_model())
    launch = {"kernel": "k0", "measured_s": 1e-5, "share": 0.5}
    profile = {"format": "convopt-profile", "run_s": 1e-3, "launches": [launch, launch | {"kernel": "k1"}]}
    write("json", "profile", json.dumps(profile).encode())
    arrays = {"x": np.arange(6, dtype=np.float32).reshape(1, 2, 3), "mask": np.zeros(1, np.bool_)}
    for name, save in ("stored", np.savez), ("deflated", np.savez_compressed):
        file = io.BytesIO()
        save(file, **arrays)
        write("npz", name, file.getvalue())
    print({folder.name: len(list(folder.iterdir())) for folder in sorted(CORPUS.iterdir())}, file=sys.stderr)


if __name__ == "__main__":
    main()
