"""convopt.quantize: samples become a quantised model that convopt compiles; what is wrong is one line and no file."""

import subprocess
import sys

import convopt
import numpy as np
import onnx
import pytest
from convopt import calibration
from convopt.testing import reference
from convopt.testing.builder import Builder


def two_inputs():
    b = Builder("two")
    return b.model(b.add("Add", b.conv(b.input(1, 3, 8, 8), (3, 4)), b.input(1, 4, 8, 8)))


@pytest.fixture
def model(tmp_path):
    """A classifier of small images."""
    b = Builder("small")
    x = b.add("Relu", b.batch_norm(b.conv(b.input(1, 3, 12, 12), (3, 8)), 8))
    x = b.add("Add", b.add("MaxPool", x, kernel_shape=[2, 2], strides=[2, 2]), b.conv(x, (8, 8), strides=[2, 2]))
    x = b.add("Flatten", b.add("GlobalAveragePool", b.conv(b.add("Sigmoid", x), (8, 16))))
    onnx.save(b.model(b.add("Gemm", x, b.weight(10, 16), b.weight(10), transB=1)), tmp_path / "model.onnx")
    return tmp_path / "model.onnx"


def quantize(model, *options):
    command = [sys.executable, "-m", "convopt.quantize", model, "-o", model.parent / "q.onnx", *options]
    return subprocess.run(list(map(str, command)), capture_output=True, text=True)


def inputs(count, seed=1):
    return np.random.default_rng(seed).standard_normal((count, 3, 12, 12)).astype(np.float32)


def operators(path):
    return [node.op_type for node in onnx.load(path).graph.node]


def test_quantises_reports_and_plots(model, tmp_path):
    np.savez(tmp_path / "samples.npz", input0=inputs(8))
    plot = tmp_path / "layers.svg"
    result = quantize(model, f"--calibrate={tmp_path / 'samples.npz'}", f"--plot={plot}")
    assert result.returncode == 0 and result.stderr == "", result
    lines = result.stdout.splitlines()
    assert lines[0].startswith("calibrated by 8 samples of ")
    layers = [line.split() for line in lines[3:-1]]
    # From the input on, in the order of the network.
    assert [row[1] for row in layers[:2]] == ["input", "Relu"] and len(layers) >= 7
    assert all(15 < float(row[0]) < 60 for row in layers)
    assert 15 < float(lines[-1].split()[2]) < 60 and "on the samples of the calibration" in lines[-1]
    before = plot.read_bytes()
    assert b"against f32" in before
    weights = [t for t in onnx.load(tmp_path / "q.onnx").graph.initializer if t.data_type == onnx.TensorProto.INT8]
    assert any(len(t.dims) == 4 for t in weights) and any(len(t.dims) == 1 for t in weights)
    first = (tmp_path / "q.onnx").read_bytes()
    assert quantize(model, f"--calibrate={tmp_path / 'samples.npz'}", f"--plot={plot}").returncode == 0
    assert (plot.read_bytes(), (tmp_path / "q.onnx").read_bytes()) == (before, first)


@pytest.mark.parametrize(
    "options",
    [
        ["--format=qoperator"],
        ["--activations=s8", "--symmetric", "--method=percentile"],
        ["--weights=u8", "--per-tensor", "--method=entropy"],
        ["--format=qoperator", "--activations=s8", "--per-tensor"],
    ],
    ids=" ".join,
)
def test_convopt_compiles_every_form(model, tmp_path, options):
    assert quantize(model, *options, "--samples=4").returncode == 0
    x = inputs(1, 5)
    (expected,) = reference.run(tmp_path / "q.onnx", [x])
    (actual,) = convopt.compile(tmp_path / "q.onnx").run([x])
    # Quanta of this network's outputs are about a hundredth of its largest one.
    assert np.abs(actual - expected).max() < 0.03 * np.abs(expected).max()
    assert ("QLinearConv" in operators(tmp_path / "q.onnx")) == (options[0] == "--format=qoperator")


def filters(path):
    """How many are in integers."""
    return sum(t.data_type == onnx.TensorProto.INT8 and len(t.dims) == 4 for t in onnx.load(path).graph.initializer)


def test_what_is_excluded_stays(model, tmp_path):
    graph = onnx.load(model)
    convolutions = [node for node in graph.graph.node if node.op_type == "Conv"]
    convolutions[-1].name = "the_last"
    onnx.save(graph, model)
    assert quantize(model, "--samples=2").returncode == 0
    assert filters(tmp_path / "q.onnx") == len(convolutions) == 3
    assert quantize(model, "--samples=2", "--exclude=the_last").returncode == 0
    assert filters(tmp_path / "q.onnx") == 2


def test_random_samples_say_so_and_keep_to_a_range(model):
    assert "of mean 0 and variance 1, for want of --calibrate" in quantize(model, "--samples=2").stdout
    assert "random inputs from -2 to 3," in quantize(model, "--samples=2", "--range=-2,3").stdout
    graph = onnx.load(model)
    entry = graph.metadata_props.add()
    entry.key, entry.value = "Image.NominalPixelRange", "NominalRange_0_255"
    onnx.save(graph, model)
    assert "random inputs from 0 to 255," in quantize(model, "--samples=2").stdout


def test_files_of_samples(model, tmp_path):
    """One array or several, of batches or of whole inputs, give the same samples."""
    given = reference.session(model).get_inputs()
    x = inputs(6)
    np.savez(tmp_path / "a.npz", input0=x)
    np.save(tmp_path / "b.npy", x.reshape(6, 1, 3, 12, 12))
    (tmp_path / "c").mkdir()
    for i in range(3):
        np.save(tmp_path / "c" / f"{i}.npy", x[2 * i : 2 * i + 2])
    for name in ("a.npz", "b.npy", "c"):
        samples = calibration.read_samples(tmp_path / name, given)
        np.testing.assert_array_equal(np.concatenate([feed["input0"] for feed in samples]), x)
        assert len(samples) == 6 and len(samples.first(2)) == 2 and len(list(samples.rewind())) == 6


BAD = [
    (dict(input0=np.ones((2, 3, 12, 11), np.float32)), "'input0' is of shape (2, 1, 3, 12, 11)"),
    (dict(input0=np.ones((2, 3, 12, 12), np.int32)), "is of type int32, input 'input0' is a tensor(float)"),
    (dict(input0=np.full((1, 3, 12, 12), np.nan, np.float32)), "elements that are not finite"),
    (dict(other=np.ones((2, 3, 12, 12), np.float32)), "no array is called 'input0'"),
    (dict(input0=np.ones((2, 3, 12, 12), np.float32), more=np.ones(2)), "the model has no input 'more'"),
    (dict(input0=np.ones((0, 3, 12, 12), np.float32)), "is of shape"),
]


@pytest.mark.parametrize("arrays, message", BAD)
def test_bad_samples(model, tmp_path, arrays, message):
    np.savez(tmp_path / "samples.npz", **arrays)
    refuse(model, message, f"--calibrate={tmp_path / 'samples.npz'}")


def refuse(model, message, *options):
    result = quantize(model, *options)
    assert result.returncode == 1 and message in result.stderr, result
    assert result.stderr.count("\n") == 1 and "Traceback" not in result.stderr
    assert not (model.parent / "q.onnx").exists() and not list(model.parent.glob(".q.onnx*"))


def test_refusals(model, tmp_path):
    refuse(model, "no node is called 'nobody'", "--exclude=nobody")
    refuse(model, "activations of s8 need weights of s8", "--activations=s8", "--weights=u8")
    refuse(model, "layers can be compared in --format=qdq alone", "--format=qoperator", f"--plot={tmp_path / 'p.svg'}")
    refuse(model, "there is no folder", f"--plot={tmp_path / 'nowhere' / 'p.svg'}")
    refuse(model, "absent.npz: No such file", f"--calibrate={tmp_path / 'absent.npz'}")
    (tmp_path / "broken.npz").write_bytes(b"PK no archive")
    refuse(model, "no array that numpy can read", f"--calibrate={tmp_path / 'broken.npz'}")
    (tmp_path / "broken.onnx").write_bytes(b"no model")
    refuse(tmp_path / "broken.onnx", "broken.onnx: ")
    refuse(tmp_path / "absent.onnx", "absent.onnx: no such file")
    onnx.save(two_inputs(), tmp_path / "two.onnx")
    np.save(tmp_path / "one.npy", inputs(2))
    refuse(tmp_path / "two.onnx", "several inputs; arrays called input0, input1", f"--calibrate={tmp_path / 'one.npy'}")
    assert quantize(model, "--samples=1").returncode == 0
    (tmp_path / "q.onnx").rename(tmp_path / "done.onnx")
    refuse(tmp_path / "done.onnx", "quantised already")


def test_numbers_of_samples_must_agree(tmp_path):
    onnx.save(two_inputs(), tmp_path / "two.onnx")
    np.savez(tmp_path / "s.npz", input0=np.ones((2, 3, 8, 8), np.float32), input1=np.ones((3, 4, 8, 8), np.float32))
    refuse(
        tmp_path / "two.onnx",
        "differ in their number of samples: 'input0' 2, 'input1' 3",
        f"--calibrate={tmp_path / 's.npz'}",
    )
