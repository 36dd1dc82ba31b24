"""Networks of quantised numbers are computed in 8-bit integers, as exactly as ONNX Runtime computes them in f32."""

import re
import subprocess

import convopt
import numpy as np
import onnx
import pytest
from convopt.runtime import find_tool
from convopt.testing import reference
from convopt.testing.nodes import Nodes
from convopt.testing.quantised import QuantisedBuilder, network

KINDS = [np.uint8, np.int8]


def check(model, inputs, scale, share=0.01):
    """Numbers that integers times `scale` stand for; a few may be the other one of two that are as near."""
    expected = reference.run(model.SerializeToString(), inputs)
    for actual, wanted in zip(convopt.compile(model).run(inputs), expected, strict=True):
        steps = np.rint((actual.astype(np.float64) - wanted) / scale)
        assert np.abs(steps).max() <= 1
        assert np.count_nonzero(steps) <= max(2, share * steps.size)
        assert len(np.unique(wanted)) > 5


def annotated(model, folder, target):
    """The network once its primitives are chosen, as text."""
    path = folder / "model.onnx"
    onnx.save(model, path)
    command = [find_tool("convopt-compile"), path, f"--target={target}", "--emit=annotated", "-o", "-"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@pytest.mark.parametrize("per_channel", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_network(kind, per_channel, generator):
    """Every operator between two that are quantised, in one."""
    model = network(kind, per_channel)
    inputs = [generator.standard_normal((2, 3, 13, 12)).astype(np.float32)]
    check(model, inputs, 8 / 255)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("target", "extension"), [("x86-64", "extui"), ("aarch64", "extsi")])
def test_all_products_are_of_the_integers_that_the_machine_multiplies(kind, target, extension, tmp_path):
    """None of numbers; nothing changes signs between them, as all of it starts from numbers."""
    text = annotated(network(kind, True), tmp_path, target)
    assert text.count("arith.muli") == 7
    assert text.count("linalg.conv") == 0
    bodies = text.split("arith.muli")[:-1]
    assert all(body.split("^bb0")[-1].count(f"arith.{extension}") >= 1 for body in bodies)
    assert "arith.xori" not in text


@pytest.mark.parametrize("kind", KINDS)
def test_inputs_and_outputs_keep_their_sign(kind, generator):
    """Of 8-bit integers from outside."""
    b = QuantisedBuilder("outside", kind)
    scale, zero = b.constant(0.02), b.constant(3, kind)
    x = b.add("DequantizeLinear", b.input(1, 4, 6, 6), scale, zero)
    x = b.add("Relu", b.product("Conv", x, (5, 4, 3, 3), pads=[1, 1, 1, 1]))
    b.add("QuantizeLinear", x, scale, zero)
    output = b.nodes[-1].output[0]
    element = onnx.helper.np_dtype_to_tensor_dtype(np.dtype(kind))
    b.inputs[0].type.tensor_type.elem_type = element
    graph = onnx.helper.make_graph(
        b.nodes, "outside", b.inputs, [onnx.helper.make_tensor_value_info(output, element, [1, 5, 6, 6])], b.weights
    )
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)], ir_version=8)
    limits = np.iinfo(kind)
    check(model, [generator.integers(limits.min, limits.max + 1, (1, 4, 6, 6)).astype(kind)], 1)


@pytest.mark.parametrize("centre", [128, 90])
def test_unsigned_filters(centre, generator):
    """With 128 they are signed ones moved; those around 90 do not fit 8 bits as they are."""
    b = QuantisedBuilder("unsigned", per_channel=False)
    x = b.quantised(b.input(1, 4, 6, 6))
    filters = b.filter(5, 4, 3, 3, kind=np.uint8, centre=128)
    if centre != 128:
        b.weights[-1].CopyFrom(onnx.numpy_helper.from_array(np.array(centre, np.uint8), b.weights[-1].name))
    model = b.model(b.quantised(b.add("Conv", x, filters), -20, 20))
    check(model, [generator.standard_normal((1, 4, 6, 6)).astype(np.float32)], 40 / 255)


@pytest.mark.parametrize("operator", ["volume", "line", "matmul", "transposed"])
def test_other_shapes(operator, generator):
    b = QuantisedBuilder(operator)
    if operator == "volume":
        shape = (1, 3, 4, 6, 5)
        x = b.product("Conv", b.quantised(b.input(*shape)), (4, 3, 3, 3, 3), pads=[1] * 6, strides=[1, 2, 1])
    elif operator == "line":
        shape = (2, 3, 20)
        x = b.product("Conv", b.quantised(b.input(*shape)), (4, 3, 5), pads=[2, 2])
    elif operator == "matmul":
        shape = (2, 7, 6)
        x = b.add("MatMul", b.quantised(b.input(*shape)), b.filter(6, 9, axis=1))
    else:
        shape = (2, 5, 6, 7)
        x = b.add("Transpose", b.quantised(b.input(*shape)), perm=[0, 3, 1, 2])
        x = b.product("Conv", x, (4, 7, 3, 3))
    check(b.model(b.quantised(x)), [generator.standard_normal(shape).astype(np.float32)], 8 / 255)


def test_filters_that_are_quantised_in_the_network(tmp_path, generator):
    """As exporters of trained networks leave them."""
    b = QuantisedBuilder("trained")
    scale, zero = b.constant(np.full(40, 0.01)), b.constant(np.zeros(40), np.int8)
    filters = b.add("QuantizeLinear", b.weight(40, 50, 3, 3), scale, zero, axis=0)
    filters = b.add("DequantizeLinear", filters, scale, zero, axis=0)
    x = b.add("Conv", b.quantised(b.input(1, 50, 7, 7)), filters)
    model = b.model(b.quantised(x))
    check(model, [generator.standard_normal((1, 50, 7, 7)).astype(np.float32)], 8 / 255)
    assert "arith.muli" in annotated(model, tmp_path, "x86-64")


@pytest.mark.parametrize("kind", KINDS)
def test_products_of_integers_in_one_operator(kind, tmp_path, generator):
    """QLinearConv with a scale a channel and a bias, QLinearMatMul, and ConvInteger: no sum is off by one."""
    nodes = Nodes(13)
    limits = np.iinfo(kind)
    x = generator.integers(limits.min, limits.max + 1, (2, 4, 7, 6)).astype(kind)
    w = generator.integers(-128, 128, (6, 2, 3, 3)).astype(np.int8)
    zero, one = nodes.constant(kind(5)), nodes.constant(np.float32(0.02))
    scales = nodes.constant(generator.uniform(0.01, 0.03, 6).astype(np.float32))
    none = nodes.constant(np.zeros(6, np.int8))
    bias = nodes.constant(generator.integers(-9000, 9000, 6).astype(np.int32))
    operands = [nodes.input(x), one, zero, nodes.constant(w), scales, none, nodes.constant(np.float32(1)), zero, bias]
    nodes.add("QLinearConv", operands, [kind], group=2, pads=[1, 0, 2, 1], strides=[2, 1])
    if kind == np.uint8:  # what ONNX Runtime has
        unsigned = nodes.constant((w.astype(np.int16) + 128).astype(np.uint8)), zero, nodes.constant(kind(128))
        nodes.add("ConvInteger", [operands[0], *unsigned], ["int32"], group=2, pads=[1, 1, 1, 1])
    matrix = nodes.constant(generator.integers(-128, 128, (6, 5)).astype(np.int8).astype(kind))
    middle = nodes.constant(kind(128 if kind == np.uint8 else 0))
    operands = [operands[0], one, zero, matrix, one, middle, nodes.constant(np.float32(0.5)), zero]
    nodes.add("QLinearMatMul", operands, [kind])
    for actual, wanted in zip(nodes.run(), nodes.onnxruntime(), strict=True):
        np.testing.assert_array_equal(actual, wanted)
    text = annotated(nodes.model(), tmp_path, "x86-64")
    assert text.count("arith.muli") == len(nodes.outputs)


def test_filters_beyond_8_bits_are_of_integers(tmp_path, generator):
    """Less their zero points they are no bytes: what is taken off them is multiplied by sums over windows."""
    nodes = Nodes(13)

    def random(*shape):
        return generator.integers(0, 256, shape).astype(np.uint8)

    x, zero, one = nodes.input(random(2, 8, 9, 8)), nodes.constant(np.uint8(5)), nodes.constant(np.float32(0.02))
    middle = nodes.constant(np.uint8(100))
    for shape, given in [
        ((5, 8, 3, 3), {"pads": [1, 0, 2, 1], "strides": [2, 1]}),
        ((5, 8, 1, 1), {}),
        ((5, 8, 1, 1), {"strides": [2, 2], "pads": [1, 1, 0, 0]}),
        ((8, 4, 3, 2), {"group": 2, "dilations": [2, 3], "pads": [1, 1, 1, 1]}),
    ]:
        w = nodes.constant(random(*shape))
        nodes.add("ConvInteger", [x, w, zero, middle], ["int32"], **given)
        operands = [x, one, zero, w, one, middle, nodes.constant(np.float32(1)), zero]
        nodes.add("QLinearConv", operands, ["uint8"], **given)
    matrix = nodes.constant(random(8, 5))
    each = nodes.constant(generator.integers(80, 120, 5).astype(np.uint8))
    nodes.add("MatMulInteger", [x, matrix, zero, each], ["int32"])
    nodes.add("QLinearMatMul", [x, one, zero, matrix, one, middle, nodes.constant(np.float32(0.5)), zero], ["uint8"])
    for actual, wanted in zip(nodes.run(), nodes.onnxruntime(), strict=True):
        np.testing.assert_array_equal(actual, wanted)
    for target in ("x86-64", "aarch64"):
        text = annotated(nodes.model(), tmp_path, target)
        products = [line for line in text.splitlines() if "#convopt.primitive<" in line]
        assert len(products) == len(nodes.outputs)
        assert all(re.search(r"ins\(\S+ \S+ : tensor<\S+xi8>, tensor<\S+xi8>\)", line) for line in products)


def test_zero_points_of_the_run_are_taken_off_sums_of_bytes(tmp_path, generator):
    """As DynamicQuantizeLinear gives them; what surrounds the image is the zero point, too."""
    nodes = Nodes(13)
    x = nodes.input(generator.integers(0, 256, (2, 8, 9, 8)).astype(np.uint8))
    signed = nodes.input(generator.integers(-128, 128, (3, 5, 8)).astype(np.int8))
    zero, negative = nodes.input(np.uint8(137)), nodes.input(np.array([-29], np.int8))
    for middle, low, high in [(100, 0, 256), (128, 0, 256), (3, 0, 131)]:
        for shape, given in [
            ((5, 8, 3, 3), {"pads": [1, 0, 2, 1], "strides": [2, 1]}),
            ((5, 8, 1, 1), {}),
            ((8, 4, 3, 2), {"group": 2, "dilations": [2, 3], "pads": [0, 1, 0, 1]}),
        ]:
            w = nodes.constant(generator.integers(low, high, shape).astype(np.uint8))
            nodes.add("ConvInteger", [x, w, zero, nodes.constant(np.uint8(middle))], ["int32"], **given)
        matrix = nodes.constant((generator.integers(low, high, (8, 5)) - 128).astype(np.int8))
        nodes.add("MatMulInteger", [signed, matrix, negative, nodes.constant(np.int8(middle - 128))], ["int32"])
    for actual, wanted in zip(nodes.run(), nodes.onnxruntime(), strict=True):
        np.testing.assert_array_equal(actual, wanted)
    for target in ("x86-64", "aarch64"):
        products = [
            line for line in annotated(nodes.model(), tmp_path, target).splitlines() if "#convopt.primitive<" in line
        ]
        assert len(products) == len(nodes.outputs)
        assert all(re.search(r"ins\(\S+ \S+ : tensor<\S+xi8>, tensor<\S+xi8>\)", line) for line in products)


def test_networks_that_are_quantised_while_they_run(generator):
    """One layer after the other, each image by its own extremes."""
    nodes = Nodes(13)
    image, kind = generator.standard_normal((1, 3, 12, 12)).astype(np.float32), ["uint8", "float32", "uint8"]
    x = nodes.input(image)
    for shape in [(16, 3, 3, 3), (8, 16, 3, 3), (8, 8, 1, 1)]:
        quantised = nodes.add("DynamicQuantizeLinear", [x], kind)
        scale, zero = (quantised[0] + str(int(quantised[1:]) + i) for i in (1, 2))
        w = nodes.constant(generator.integers(0, 256, shape).astype(np.uint8))
        pads = [shape[2] // 2] * 4
        sums = nodes.add("ConvInteger", [quantised, w, zero, nodes.constant(np.uint8(120))], ["int32"], pads=pads)
        factor = nodes.add("Mul", [scale, nodes.constant(np.float32(0.01))])
        x = nodes.add("Relu", [nodes.add("Mul", [nodes.add("Cast", [sums], to=1), factor])])
    for actual, wanted in zip(nodes.run(), nodes.onnxruntime(), strict=True):
        if actual.dtype == np.uint8:
            # A scale may differ in its last bit.
            assert np.count_nonzero(actual != wanted) <= 0.01 * actual.size
            assert np.abs(actual.astype(int) - wanted).max() <= 1
        else:
            np.testing.assert_allclose(actual, wanted, rtol=0.02, atol=0.02 * np.abs(wanted).max())


@pytest.mark.parametrize("depthwise", [False, True])
def test_differences_beyond_8_bits_are_numbers_where_they_are_faster(depthwise, tmp_path, generator):
    """Windows of a channel of its own have sums that serve no other."""
    nodes = Nodes(13)
    x = nodes.input(generator.integers(0, 256, (1, 6, 9, 8)).astype(np.uint8))
    w = nodes.constant(generator.integers(0, 256, (6, 1 if depthwise else 6, 3, 3)).astype(np.uint8))
    zero = nodes.constant(np.uint8(100))
    nodes.add("ConvInteger", [x, w, zero, zero], ["int32"], group=6 if depthwise else 1)
    np.testing.assert_array_equal(nodes.run()[0], nodes.onnxruntime()[0])
    assert ("arith.extui" in annotated(nodes.model(), tmp_path, "x86-64").split("#convopt.primitive<")[1]) != depthwise
