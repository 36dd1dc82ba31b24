"""A model without its weights is told so, with what is missing and what to do: it is no invalid model."""

import subprocess

from convopt.runtime import find_tool
from convopt.testing.builder import Builder
from onnx import TensorProto, helper

MISSING = "the weights of the model are missing: "


def small_model():
    b = Builder("small")
    return b.model(b.add("Relu", b.conv(b.input(1, 3, 8, 8), (3, 4))))


def test_initializers_without_data(refuse):
    model = small_model()
    model.graph.initializer[0].ClearField("raw_data")
    count = len(model.graph.initializer)
    assert f"{MISSING}1 of its {count} initializers have no data ('constant0' is the first); give" in refuse(model)


def test_external_file_that_was_left_behind(refuse):
    model = small_model()
    tensor = model.graph.initializer[0]
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="model.data")
    message = refuse(model)
    assert f"{MISSING}external data file 'model.data', which holds 'constant0', is not there; put it at '" in message
    assert message.endswith("/model.data', beside the model")


def test_names_that_nothing_defines(refuse):
    model = small_model()
    del model.graph.initializer[:]
    message = refuse(model)
    assert f"{MISSING}node '" in message and "(Conv) reads 'constant0', which is neither an initializer" in message


def test_a_first_input_that_nothing_defines_is_no_weight(refuse):
    model = small_model()
    model.graph.node[0].input[0] = "absent"
    assert MISSING not in refuse(model)


def test_filters_may_be_inputs(tmp_path):
    model = small_model()
    tensors = [(t.name, list(t.dims)) for t in model.graph.initializer]
    del model.graph.initializer[:]
    model.graph.input.extend(helper.make_tensor_value_info(name, TensorProto.FLOAT, dims) for name, dims in tensors)
    (tmp_path / "model.onnx").write_bytes(model.SerializeToString())
    subprocess.run([find_tool(), tmp_path / "model.onnx", "-o", tmp_path / "model.o"], check=True)
