"""Conversions to f16 and bf16 round once, to nearest, ties to even, in kernels and in the code around them."""

import math
from fractions import Fraction

import ml_dtypes
import numpy as np
import pytest
from convopt import compile, compile_file
from onnx import TensorProto, helper
from test_objects import ALLOWED, symbols

TYPES = {"f16": (11, -14, 16), "bf16": (8, -126, 128)}  # digits, least and, beyond the largest, exponent
ONNX = {
    np.float16: TensorProto.FLOAT16,
    np.float32: TensorProto.FLOAT,
    np.float64: TensorProto.DOUBLE,
    np.int32: TensorProto.INT32,
    np.uint32: TensorProto.UINT32,
    np.int64: TensorProto.INT64,
    np.uint64: TensorProto.UINT64,
    "f16": TensorProto.FLOAT16,
    "bf16": TensorProto.BFLOAT16,
}
STORED = {"f16": np.float16, "bf16": ml_dtypes.bfloat16}


def rounded(number, to) -> float:
    """What `number` is in type `to`, by exact arithmetic."""
    digits, least, beyond = TYPES[to]
    if isinstance(number, float) and not math.isfinite(number):
        return number
    exact = Fraction(number)
    size = abs(exact)
    if size == 0:
        return 0.0
    exponent = size.numerator.bit_length() - size.denominator.bit_length()
    exponent -= size < Fraction(2) ** exponent
    unit = Fraction(2) ** (max(exponent, least) - digits + 1)
    result = round(size / unit) * unit  # Python's round goes to even.
    result = math.inf if result >= Fraction(2) ** beyond else float(result)
    return math.copysign(result, exact)


def numbers(source) -> np.ndarray:
    """Numbers of type `source`: ties of both types, their neighbours, small, large and random ones."""
    random = np.random.default_rng(3)
    if np.issubdtype(source, np.integer):
        info = np.iinfo(source)
        values = [0, 1, info.max, info.min, info.max - 1]
        for bits in range(8, info.bits):
            tie = (1 << bits) + (1 << max(bits - 8, 0))
            values += [sign * (tie + d) for d in (-1, 0, 1) for sign in (1, -1)]
            values += [(1 << bits) + (3 << max(bits - 8, 0)) + d for d in (-1, 0, 1)]
        values += [int(random.integers(info.min, info.max, dtype=source)) for _ in range(99)]
        return np.array([v for v in values if info.min <= v <= info.max], source)
    values = [0.0, -0.0, math.inf, -math.inf, math.nan, 65519.9999999, 65520.0, 1e300, -1e300, 1e-300, 3.3e38, 3.4e38]
    for exponent in (*range(-140, -120), *range(-26, 17), 100):
        for digits in (11, 8):
            for odd in (1, 3):
                tie = math.ldexp(1 + odd * 2.0**-digits, exponent)
                values += [tie, math.nextafter(tie, 0), math.nextafter(tie, math.inf), -tie * (1 + 2.0**-30)]
    values += list(random.normal(size=200) * 2.0 ** random.integers(-20, 15, size=200))
    with np.errstate(over="ignore"):
        return np.array(values).astype(source)


def cast_model(source, targets, count):
    nodes = [helper.make_node("Cast", ["x"], [to], to=ONNX[to]) for to in targets]
    x = helper.make_tensor_value_info("x", ONNX[source], [count])
    outputs = [helper.make_tensor_value_info(to, ONNX[to], [count]) for to in targets]
    graph = helper.make_graph(nodes, "narrowing", [x], outputs)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def check(results, values):
    for to, got in zip(("f16", "bf16"), results, strict=True):
        want = np.array([rounded(v, to) for v in values.tolist()])
        np.testing.assert_array_equal(got.astype(np.float64), want, err_msg=to)


@pytest.mark.parametrize("source", [np.float64, np.float32, np.int64, np.uint64, np.int32, np.uint32])
@pytest.mark.parametrize("target", ["host", "x86-64"])
def test_kernels(source, target):
    values = numbers(source)
    check(compile(cast_model(source, ("f16", "bf16"), values.size), target=target).run([values]), values)


def test_f16_widens():
    values = np.arange(1 << 16, dtype=np.uint16).view(np.float16)
    node = helper.make_node("Cast", ["x"], ["y"], to=TensorProto.DOUBLE)
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT16, [values.size])
    y = helper.make_tensor_value_info("y", TensorProto.DOUBLE, [values.size])
    graph = helper.make_graph([node], "widening", [x], [y])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    np.testing.assert_array_equal(compile(model).run([values])[0], values.astype(np.float64))


# No kernel counts zeros: the conversions beside it are compiled with the model's function.
OUTSIDE = """
#id = affine_map<(i) -> (i)>
func.func @main(%x: tensor<{n}xf64>, %i: tensor<{n}xi64>, %k: tensor<{n}xi64>)
    -> (tensor<{n}xf16>, tensor<{n}xbf16>, tensor<{n}xbf16>, tensor<{n}xf64>) {{
  %e = tensor.empty() : tensor<{n}xf16>
  %b = tensor.empty() : tensor<{n}xbf16>
  %d = tensor.empty() : tensor<{n}xf64>
  %r:4 = linalg.generic {{indexing_maps = [#id, #id, #id, #id, #id, #id, #id], iterator_types = ["parallel"]}}
      ins(%x, %i, %k : tensor<{n}xf64>, tensor<{n}xi64>, tensor<{n}xi64>)
      outs(%e, %b, %b, %d : tensor<{n}xf16>, tensor<{n}xbf16>, tensor<{n}xbf16>, tensor<{n}xf64>) {{
  ^bb0(%xv: f64, %iv: i64, %kv: i64, %0: f16, %1: bf16, %2: bf16, %3: f64):
    %one_i = math.ctlz %kv : i64
    %one = arith.sitofp %one_i : i64 to f64
    %sum = arith.mulf %xv, %one : f64
    %isum = arith.muli %iv, %one_i : i64
    %f = arith.truncf %sum : f64 to f16
    %g = arith.truncf %sum : f64 to bf16
    %h = arith.sitofp %isum : i64 to bf16
    %w = arith.extf %f : f16 to f64
    linalg.yield %f, %g, %h, %w : f16, bf16, bf16, f64
  }} -> (tensor<{n}xf16>, tensor<{n}xbf16>, tensor<{n}xbf16>, tensor<{n}xf64>)
  return %r#0, %r#1, %r#2, %r#3 : tensor<{n}xf16>, tensor<{n}xbf16>, tensor<{n}xbf16>, tensor<{n}xf64>
}}
"""


def test_outside_of_kernels(tmp_path):
    integers, values = numbers(np.int64), numbers(np.float64)[: numbers(np.int64).size]
    model = tmp_path / "outside.mlir"
    model.write_text(OUTSIDE.format(n=integers.size))
    ones = np.full(integers.size, (1 << 63) - 1, np.int64)  # One zero leads.
    half, brain, whole, wide = compile(model).run([values, integers, ones])
    check([half, brain], values)
    np.testing.assert_array_equal(wide, half.astype(np.float64))
    want = [rounded(v, "bf16") for v in integers.tolist()]
    np.testing.assert_array_equal(whole.astype(np.float64), want)


@pytest.mark.parametrize("target", ["host", "x86-64", "aarch64"])
@pytest.mark.parametrize("outside", [False, True])
def test_objects_need_no_helpers(tmp_path, target, outside):
    model = tmp_path / "narrowing.mlir"
    if outside:
        model.write_text(OUTSIDE.format(n=33))
    else:
        model = tmp_path / "narrowing.onnx"
        model.write_bytes(cast_model(np.float64, ("f16", "bf16"), 33).SerializeToString())
    built = compile_file(model, tmp_path / "narrowing.o", target=target)
    assert [name for name in symbols(built, "-u") if not ALLOWED.fullmatch(name)] == []
