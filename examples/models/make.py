"""Makes the two networks of the examples beside this file: PYTHONPATH=python python examples/models/make.py."""

from pathlib import Path

from convopt.testing.builder import Builder
from onnx import TensorProto, helper


def begin(name: str, *shape) -> tuple[Builder, str]:
    """A network of one image and that image."""
    network = Builder(name, seed=1)
    network.inputs.append(helper.make_tensor_value_info("image", TensorProto.FLOAT, shape))
    return network, "image"


def denoise():
    """What three convolutions take for noise is added to the image; for images of any size."""
    network, image = begin("denoise", 1, 3, "height", "width")
    x = network.add("Relu", network.conv(image, (3, 16)))
    x = network.add("Relu", network.conv(x, (16, 16)))
    return network.model(network.add("Add", image, network.conv(x, (16, 3))))


def classify():
    """Ten probabilities for an image of 48 by 48."""
    network, image = begin("classify", 1, 3, 48, 48)
    x = network.conv(image, (3, 16), strides=[2, 2])
    x = network.add("Relu", network.batch_norm(x, 16))
    x = network.add("Relu", network.conv(x, (16, 32), strides=[2, 2]))
    x = network.add("Flatten", network.add("GlobalAveragePool", x))
    x = network.add("Gemm", x, network.weight(32, 10), network.weight(10))
    return network.model(network.add("Softmax", x))


for make in (denoise, classify):
    Path(__file__).with_name(f"{make.__name__}.onnx").write_bytes(make().SerializeToString(deterministic=True))
