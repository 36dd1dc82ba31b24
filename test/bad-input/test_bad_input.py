"""Whatever is wrong with the model or the command line: one line that says what, exit status 1, no output file."""

import subprocess

import numpy as np
import onnx
import pytest
from conftest import SECONDS
from convopt.runtime import find_tool
from convopt.testing.builder import Builder
from onnx import TensorProto, helper


def small_model():
    b = Builder("small")
    return b.model(b.add("Relu", b.conv(b.input(1, 3, 8, 8), (3, 4))))


def one_node(operator, shape=(1, 3, 8, 8), element=TensorProto.FLOAT, domain="", **attributes):
    """A model of one node that no checker has seen."""
    node = helper.make_node(operator, ["x"], ["y"], name="the_node", domain=domain, **attributes)
    values = [helper.make_tensor_value_info(name, element, shape) for name in "xy"]
    graph = helper.make_graph([node], "graph", values[:1], values[1:])
    opsets = [helper.make_opsetid(name, 17 if not name else 1) for name in {"", domain}]
    return helper.make_model(graph, opset_imports=opsets, ir_version=8)


def test_the_small_model_is_good(tmp_path):
    (tmp_path / "model.onnx").write_bytes(small_model().SerializeToString())
    subprocess.run([find_tool(), tmp_path / "model.onnx", "-o", tmp_path / "model.o"], check=True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["model.h", "model.o", "model.onnx"]


@pytest.mark.parametrize("data", [b"", b"no protobuf at all", b"\x08" + b"\xff" * 100, bytes(1000)])
def test_no_model(refuse, data):
    assert "model.onnx" in refuse(data)


@pytest.mark.parametrize("part", [1, 17, 50, 90, 99])
def test_truncated(refuse, part):
    data = small_model().SerializeToString()
    assert "model.onnx" in refuse(data[: len(data) * part // 100])


def test_no_file(tmp_path):
    result = subprocess.run(
        [find_tool(), tmp_path / "absent.onnx", "-o", tmp_path / "model.o"], capture_output=True, text=True
    )
    assert result.returncode == 1 and "absent.onnx" in result.stderr and result.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_unknown_operator(refuse):
    message = refuse(one_node("Frobnicate"))
    assert "Frobnicate" in message and "model.onnx" in message


def test_unknown_domain(refuse):
    assert "com.example" in refuse(one_node("Relu", domain="com.example"))


def test_unknown_operator_of_a_known_domain(refuse):
    assert "this operator of domain 'com.microsoft' is not supported" in refuse(
        one_node("Relu", domain="com.microsoft")
    )


@pytest.mark.parametrize("operator", ["FusedConv", "FusedMatMul", "SkipLayerNormalization", "Attention", "BiasSoftmax"])
def test_operators_of_another_domain_without_their_operands(refuse, operator):
    """Nobody has checked these before."""
    message = refuse(one_node(operator, domain="com.microsoft", axis=9))
    assert operator in message and "the_node" in message


@pytest.mark.parametrize("operator", ["Conv", "ReorderInput", "ReorderOutput", "Upsample"])
def test_blocked_operators_that_cannot_be_meant(refuse, operator):
    assert operator in refuse(one_node(operator, (1, 3), domain="com.microsoft.nchwc"))


def test_an_opset_that_has_no_such_operator(refuse):
    model = one_node("GridSample")
    model.opset_import[0].version = 3
    assert "GridSample" in refuse(model) and "opset 3" in refuse(model)


def test_operator_that_is_not_accepted(refuse):
    message = refuse(one_node("RandomUniformLike"))
    assert "RandomUniformLike" in message and "the_node" in message


def test_type_that_is_not_accepted(refuse):
    assert "STRING" in refuse(one_node("Identity", element=TensorProto.STRING)).upper()


def test_dynamic_shape(refuse):
    message = refuse(one_node("Relu", shape=(1, "channels", 8, 8)))
    assert "'x'" in message and "--shape" in message


def test_shapes_that_contradict(refuse):
    model = small_model()
    del model.graph.value_info[:]
    model.graph.initializer[0].dims[1] = 2
    assert "Conv" in refuse(model) or "constant0" in refuse(model)


def test_ranks_that_contradict(refuse):
    """Found by fuzzing: inference reads as many dimensions of the image as the filter has."""
    model = small_model()
    model.graph.input[0].type.tensor_type.shape.dim.pop()
    del model.graph.value_info[:]
    assert "its input has 3 dimensions, its filter 4" in refuse(model)


def with_constant(operator, shape, **attributes):
    """A model of one node whose second operand is a constant of ones."""
    model = one_node(operator, (2, 4, 5), **attributes)
    model.graph.initializer.append(helper.make_tensor("c", TensorProto.FLOAT, shape, np.ones(shape).ravel()))
    node = model.graph.node[0]
    node.input.append("c")
    if operator != "LayerNormalization":
        node.input.append("c")
    return model


@pytest.mark.parametrize("shape", [(3, 2, 4, 5), (4,)])
def test_scales_that_are_not_broadcast(refuse, shape):
    assert "an operand's shape does not fit the others" in refuse(with_constant("LayerNormalization", shape))


def test_scales_of_another_number_of_channels(refuse):
    assert "InstanceNormalization" in refuse(with_constant("InstanceNormalization", (3,)))


def test_too_few_weights(refuse):
    model = small_model()
    tensor = model.graph.initializer[0]
    tensor.raw_data = tensor.raw_data[:-4]
    assert "constant0" in refuse(model)


def test_huge_weights_without_data(refuse):
    model = small_model()
    tensor = model.graph.initializer[0]
    tensor.ClearField("raw_data")
    tensor.dims[:] = [2**31, 2**31, 3, 3]
    refuse(model)


@pytest.mark.parametrize("location", ["absent.bin", "../../etc/passwd", "/etc/passwd"])
def test_missing_or_foreign_external_data(refuse, location):
    model = small_model()
    tensor = model.graph.initializer[0]
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value=location)
    assert location in refuse(model)


def test_cycle(refuse):
    model = one_node("Relu")
    model.graph.node[0].input[0] = "y"
    assert "'the_node' (Relu) reads its own output" in refuse(model)


def test_attribute_out_of_range(refuse):
    model = small_model()
    for attribute in model.graph.node[0].attribute:
        if attribute.name == "pads":
            attribute.ints[:] = [-(2**62)] * 4
    assert "Conv" in refuse(model)


def test_nothing_but_depth(refuse):
    value = helper.make_tensor_value_info("x", TensorProto.FLOAT, [1])
    graph = helper.make_graph([], "leaf", [], [value])
    for _ in range(90):
        node = helper.make_node("If", ["c"], ["x"], then_branch=graph, else_branch=graph)
        graph = helper.make_graph([node], "nest", [], [value])
        if graph.ByteSize() > 10_000_000:
            break
    graph.input.append(helper.make_tensor_value_info("c", TensorProto.BOOL, []))
    refuse(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8))


@pytest.mark.parametrize(
    "argument, word",
    [
        ("--target=pdp11", "pdp11"),
        ("--target=riscv64-unknown-linux-gnu", "riscv64"),
        ("--cpu=abacus", "abacus"),
        ("--features=+warp", "warp"),
        ("--emit=poetry", "poetry"),
        ("--threads=0", "threads"),
        ("--threads=many", "many"),
        ("--name=1+1", "1+1"),
        ("--shape=input0:1xx3", "1xx3"),
        ("--shape=absent:1x3", "absent"),
        ("--shape=input0:1x3x9x-9", "-9"),
        ("--cost-model=/absent/model.json", "/absent/model.json"),
        ("--force-primitive=magic", "magic"),
        ("--max-error=small", "small"),
        ("--frobnicate", "frobnicate"),
    ],
)
def test_options(refuse, argument, word):
    assert word in refuse(small_model(), argument)


def test_unwritable_output(refuse, tmp_path):
    assert "absent" in refuse(small_model(), output=tmp_path / "absent" / "model.o")
    assert "/proc/model.o" in refuse(small_model(), output="/proc/model.o")


def test_devices_are_not_replaced(tmp_path):
    """Through a link, so that no device is at risk; a full one reports that it is."""
    (tmp_path / "model.onnx").write_bytes(small_model().SerializeToString())
    link = tmp_path / "device.o"
    link.symlink_to("/dev/full")
    for emit in ("obj", "linalg", "shared"):
        command = [find_tool(), tmp_path / "model.onnx", "-o", link, f"--emit={emit}"]
        result = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS)
        assert result.returncode == 1 and result.stderr.count("\n") == 1, result
        assert link.is_symlink()
        assert sorted(path.name for path in tmp_path.iterdir()) == ["device.o", "model.onnx"]


def test_random_damage(refuse, tmp_path):
    """No damage makes the tool crash or hang; where the model is still one, it may compile."""
    good = bytearray(small_model().SerializeToString())
    generator = np.random.default_rng(5)
    for _ in range(25):
        data = bytearray(good)
        # The structure lies in front of and behind the weights.
        places = [i for i in range(len(data)) if i < 250 or i > len(data) - 250]
        for place in generator.choice(places, 3):
            data[place] = generator.integers(256)
        (tmp_path / "model.onnx").write_bytes(data)
        command = [find_tool(), tmp_path / "model.onnx", "-o", tmp_path / "model.o"]
        result = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=SECONDS)
        assert result.returncode in (0, 1), (result, bytes(data))
        if result.returncode:
            assert result.stderr.strip().count("\n") == 0, result.stderr
            assert not (tmp_path / "model.o").exists()
        for path in tmp_path.glob("model.[oh]"):
            path.unlink()


def test_checker_itself_agrees():
    onnx.checker.check_model(small_model(), full_check=True)
