"""The scripts of bench/: a comparison end to end with what the tests have installed, and their judgements."""

import csv
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
import pytest
from convopt import primitives
from convopt.testing.builder import Builder

BENCH = Path(__file__).parents[2] / "bench"
sys.path.insert(0, str(BENCH))

import counted  # noqa: E402
import engines  # noqa: E402
import kernels  # noqa: E402
import report  # noqa: E402
import threads  # noqa: E402
import where  # noqa: E402
from engines.task import Unsupported, refuse_quantised, task  # noqa: E402


@pytest.fixture
def model(tmp_path):
    graph = Builder("small")
    image = graph.input(1, 3, 16, 16)
    onnx.save(graph.model(graph.add("Relu", graph.conv(image, (3, 8)))), tmp_path / "model.onnx")
    return tmp_path / "model.onnx"


def compare(*arguments):
    return subprocess.run([sys.executable, BENCH / "compare.py", *arguments], capture_output=True, text=True)


def test_compares_and_names_what_is_missing(tmp_path, model):
    result = compare(model, "--engines=onnxruntime,openvino", "--rounds=2", "--burst=1", "-o", tmp_path / "out")
    assert result.returncode == 0, result.stderr
    assert "model                OpenVINO left out: not installed" in result.stdout
    (row,) = csv.DictReader((tmp_path / "out.csv").open())
    assert row["engine"] == "ONNX Runtime" and float(row["error"]) < 1e-6
    assert 0 < float(row["min_ms"]) <= float(row["median_ms"]) and 0 < float(row["load_s"]) < 60
    assert 1 < float(row["peak_mb"]) < 1000
    assert f"{float(row['file_mb']):.4f}" == f"{model.stat().st_size / 1e6:.4f}"
    assert "ONNX Runtime" in (tmp_path / "out.txt").read_text()


def test_compare_refuses(model):
    result = compare(model, "--engines=abacus")
    assert result.returncode == 2 and "no engine is called abacus" in result.stderr
    result = compare(model, "--engines=openvino")
    assert result.returncode == 1 and "no engine could run" in result.stderr


def test_quantised_models_are_known(tmp_path, model):
    plain = task(model, 1)
    refuse_quantised(plain)
    graph = Builder("quantised")
    scale = graph.constant(0.1)
    integers = graph.add("QuantizeLinear", graph.input(1, 3), scale)
    onnx.save(graph.model(graph.add("DequantizeLinear", integers, scale)), tmp_path / "quantised.onnx")
    quantised = task(tmp_path / "quantised.onnx", 1)
    assert quantised.quantised and not plain.quantised
    with pytest.raises(Unsupported, match="no integers of quantised ONNX"):
        refuse_quantised(quantised)
    result = compare(tmp_path / "quantised.onnx", "--engines=onnxruntime,openvino-bf16", "--rounds=1", "--burst=1")
    assert result.returncode == 0 and "OpenVINO bf16 left out: not installed" in result.stdout, result
    assert {"openvino-bf16"} == set(engines.NAMES) - set(engines.DEFAULT)


def row(network, engine, least, middle):
    return {"network": network, "engine": engine, "min_ms": least, "median_ms": middle}


def test_summary_takes_the_best_peer_of_each_network():
    rows = [row("a", "convopt", 2, 2), row("a", "X", 4, 6), row("a", "Y", 5, 5)]
    rows += [row("b", "convopt", 1, 1), row("b", "X", 8, 8), row("c", "X", 1, 1)]
    assert report.best_peers(rows, "min_ms") == {"a": ("X", 2), "b": ("X", 8)}
    assert report.best_peers(rows, "median_ms")["a"] == ("Y", 2.5)
    assert "by min_ms: geometric mean 4.00, least 2.00" in report.summary(rows)


# 100 GFLOP/s; 100 GB/s in a cache of 1 MB, 10 GB/s beyond; weights of 2 MB in all, so beyond.
MACHINE = kernels.Machine(100e9, [(1 << 20, 100e9), (1 << 28, 10e9)], 2 << 20)


def kernel(seconds, operations=0, moved=0, weights=0, kind="direct", saves=False):
    return kernels.Kernel(kind, "node", "1->1 1x1 1x1", "p", seconds, operations, moved, weights, saves)


@pytest.mark.parametrize(
    "given, limit, roofline",
    [
        (kernel(1e-3, operations=9e7), "arithmetic", 0.9e-3),
        (kernel(1e-3, operations=5e7, moved=1000), "neither", 0.5e-3),
        (kernel(1e-5, operations=1e5, moved=800_000), "memory", 0.8e-5),
        # The same bytes as weights come from beyond the cache.
        (kernel(1e-4, operations=1e5, moved=800_000, weights=800_000), "memory", 0.8e-4),
        (kernel(1e-3, operations=3e8, saves=True), "fewer operations", 0),
        (kernel(1e-4, 3e7, 800_000, 800_000, saves=True), "memory", 0.8e-4),
    ],
)
def test_limits(given, limit, roofline):
    assert given.limit(MACHINE) == limit
    assert given.roofline(MACHINE) == pytest.approx(roofline)


def test_sums_weigh_by_time():
    both = kernels.total([kernel(1e-3, operations=1e8), kernel(3e-3, operations=1e8, moved=100_000)], MACHINE)
    assert both.seconds == pytest.approx(4e-3) and both.roofline == pytest.approx(2e-3)
    assert both.arithmetic == pytest.approx(0.5) and both.traffic == pytest.approx(1e-6 / 4e-3)


def test_where_lists_what_could_gain_most():
    found = [kernel(1e-3, 9e7), kernel(1e-3, 2e7, kind="slow"), kernel(1e-3, kind="winograd_f4x4_3x3", saves=True)]
    _, _, first, *_ = where.dearest([*found, kernel(1e-3, 2e7)], MACHINE, 1)
    assert first == "| `1->1 1x1 1x1` p (3) | 3.000 | 1.300 | 43% | 0% |"
    assert where.shares(found, MACHINE) == pytest.approx([1 / 3, 1 / 3, 0, 1 / 3])


def test_kernels_know_their_weights_and_who_saves_operations(tmp_path):
    graph = Builder("pair")
    image = graph.input(1, 32, 14, 14)
    onnx.save(graph.model(graph.conv(graph.conv(image, (32, 64)), (64, 48), kernel=1)), tmp_path / "pair.onnx")
    facts = kernels.Facts(primitives.catalogue(tmp_path / "pair.onnx", "--cpu=x86-64-v3"))

    def names(shape, primitive):
        return [c for s, c in facts.choices if s == shape and facts.choices[s, c]["primitive"] == primitive]

    three, one = sorted({shape for shape, _ in facts.choices}, key=lambda shape: "3x3" not in shape)
    # A transformed filter of 6x6 for each one of 3x3, channels in whole vectors.
    for name in names(three, "winograd_f4x4_3x3"):
        weights, saves = facts.of(three, name)
        assert saves and (weights >= 4 * 32 * 64 * 36 or facts.choices[three, name]["fresh"])
    for shape, taps in (three, 32 * 64 * 9), (one, 64 * 48):
        for name in names(shape, "direct"):
            weights, saves = facts.of(shape, name)
            assert not saves and 4 * taps <= weights < 6 * taps
    assert facts.of("1x55x55x64->1x55x55x128", "") == (0, False)


def test_where_writes_between_the_markers(tmp_path):
    path = tmp_path / "page.md"
    path.write_text(f"before\n{where.BEGIN}\nold\n{where.END}\nafter\n")
    where.replace(path, ["new"])
    where.replace(path, ["newer"])
    assert path.read_text() == f"before\n{where.BEGIN}\nnewer\n{where.END}\nafter\n"
    path.write_text("no markers\n")
    with pytest.raises(SystemExit, match="lacks the line"):
        where.replace(path, [])


def test_threads_says_which_nodes_lose():
    def kernel(node, seconds):
        return kernels.Kernel("direct", node, "8->8 4x4 1x1", "direct", seconds, 1, 1, 1)

    one = threads.least([[kernel("a", 4.0), kernel("b", 2.0)], [kernel("a", 5.0), kernel("b", 1.0)]])
    assert one == {"a": 4.0, "b": 1.0}
    # Node a has become two kernels.
    two = threads.least([[kernel("a", 2.0), kernel("a", 1.0), kernel("b", 0.75)]])
    assert threads.losses(one, two, 2) == [(1.0, "a"), (0.25, "b")]


def test_parallel_loops_cost_little_and_workers_sleep():
    costs = threads.pool_costs(2)
    assert len(costs) == 9 and all(value >= -1 for value in costs.values())
    assert costs["CPU time in 200 ms between runs"] < 20_000


@pytest.mark.parametrize(
    "instruction, kind, loaded",
    [
        ("fmla v1.4s, v2.4s, v3.s[1]", "fma", 0),
        ("sdot v1.4s, v2.16b, v3.4b[1]", "fma", 0),
        ("smull v1.8h, v2.8b, v3.8b", "fma", 0),
        ("smull x1, w2, w3", "integer_branch", 0),
        ("sadalp v1.4s, v2.8h", "fma", 0),
        ("fmul v1.4s, v2.4s, v3.4s", "other_vector", 0),
        ("dup v1.4s, w3", "other_vector", 0),
        ("mov w3, v1.s[0]", "other_vector", 0),
        ("fmov w3, s1", "other_vector", 0),
        ("add x1, x2, x3", "integer_branch", 0),
        ("b.ne 4010 <main+0x10>", "integer_branch", 0),
        ("str q1, [x2]", "stores", 0),
        ("stp d8, d9, [sp]", "stores", 0),
        ("ldr q1, [x2, #16]", "loads", 16),
        ("ldp q1, q2, [x2]", "loads", 32),
        ("ldp x1, xzr, [x2]", "loads", 16),
        ("ldpsw x1, x2, [x3]", "loads", 8),
        ("ldur s1, [x2]", "loads", 4),
        ("ldrb w1, [x2]", "loads", 1),
        ("ldrsw x1, [x2]", "loads", 4),
        ("ld1 {v30.4s-v1.4s}, [x2]", "loads", 64),
        ("ld2 {v0.4s, v1.4s}, [x2]", "loads", 32),
        ("ld1r {v0.4s}, [x2]", "loads", 4),
        ("ld1 {v0.s}[2], [x2]", "loads", 4),
        ("prfm pldl1keep, [x2]", "loads", 0),
    ],
)
def test_instructions_have_classes(instruction, kind, loaded):
    mnemonic, _, operands = instruction.partition(" ")
    assert counted.classify(mnemonic, operands) == kind
    if kind == "loads":
        assert counted.loaded_bytes(mnemonic, operands) == loaded


def test_counted_networks_may_be_quantised():
    path, inputs = counted.prepared("squeezenet1_1.s8s8")
    assert path.name == "squeezenet1_1.s8s8.onnx"
    assert [array.shape for array in inputs] == [(1, 3, 224, 224)]


def test_counts_the_instructions_of_one_inference(tmp_path):
    # A product of 1,024 x 64 and 64 x 32 elements, by vectors of four.
    graph = Builder("counted")
    image = graph.input(1, 64, 32, 32)
    onnx.save(graph.model(graph.conv(image, (64, 32), kernel=1)), tmp_path / "model.onnx")
    inputs = [np.zeros((1, 64, 32, 32), np.float32)]
    functions = counted.count(tmp_path / "model.onnx", inputs, {"force-primitive": "pointwise"}, tmp_path)
    products = 1024 * 64 * 32 / 4
    (kernel,) = (counter for name, counter in functions.items() if name.startswith("conv_pointwise"))
    assert products <= kernel["fma"] < 1.1 * products
    assert kernel["loads"] * 4 < kernel["bytes"] <= kernel["loads"] * 64
    assert sum(counter["fma"] for counter in functions.values()) == kernel["fma"]
