"""Errors of compiled networks and of ONNX Runtime against double precision.

    PYTHONPATH=python python bench/exactness.py [NETWORK...] [--inputs 2] [--cpu sapphirerapids] [--rounding]

Networks are those of test/models, .onnx files, such as bench/unseen.py writes, and "deep", the layers of ResNet-101
with random weights. In double precision onnx computes them, which
takes a minute for a large one. With --rounding what one rounding of the input to f32 makes, of numbers that are not f32
before, stands beside the errors: no implementation can be better. Exit status 1
if a compiled network is more than 1e-4 away.
"""

import argparse
import sys
from pathlib import Path

import numpy as np
import onnx
from onnx import numpy_helper
from onnx.reference import ReferenceEvaluator

import convopt
from convopt.testing import networks, reference
from convopt.testing.builder import Builder

TOLERANCE = 1e-4


def in_double(path) -> ReferenceEvaluator:
    """The network with its constants in double precision."""
    model = onnx.load(path)
    for tensors in (model.graph.initializer, *constants(model.graph)):
        for tensor in tensors:
            if tensor.data_type == onnx.TensorProto.FLOAT:
                tensor.CopyFrom(numpy_helper.from_array(numpy_helper.to_array(tensor).astype(np.float64), tensor.name))
    for value in [*model.graph.input, *model.graph.output, *model.graph.value_info]:
        if value.type.tensor_type.elem_type == onnx.TensorProto.FLOAT:
            value.type.tensor_type.elem_type = onnx.TensorProto.DOUBLE
    return ReferenceEvaluator(model)


def deep(path: Path) -> Path:
    """Writes a network of ResNet-101's layers, whose sums no batch normalisation keeps apart."""
    b = Builder("deep", seed=101)
    x = b.add("Relu", b.conv(b.input(1, 3, 224, 224), (3, 64), 7, strides=[2, 2]))
    x = b.add("MaxPool", x, kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1])
    channels = 64
    for blocks, width in ((3, 64), (4, 128), (23, 256), (3, 512)):
        for i in range(blocks):
            stride = 2 if i == 0 and width > 64 else 1
            y = b.add("Relu", b.conv(x, (channels, width), 1))
            y = b.add("Relu", b.conv(y, (width, width), strides=[stride, stride]))
            y = b.conv(y, (width, 4 * width), 1)
            if i == 0:
                x = b.conv(x, (channels, 4 * width), 1, strides=[stride, stride])
            channels = 4 * width
            # As trained: branches are smaller than the sums that they are added to.
            x = b.add("Relu", b.add("Add", x, b.add("Mul", y, b.constant(0.4))))
    x = b.add("Flatten", b.add("GlobalAveragePool", x))
    model = b.model(b.add("Gemm", x, b.weight(1000, channels), transB=1))
    onnx.save(model, path)
    return path


def path_of(name: str, folder: Path) -> Path:
    """The model's file."""
    if name == "deep":
        return deep(folder / "deep.onnx")
    return Path(name) if name.endswith(".onnx") else networks.network(name).path


def constants(graph):
    """The tensors of Constant nodes, a list each."""
    for node in graph.node:
        for attribute in node.attribute:
            if attribute.type == onnx.AttributeProto.TENSOR:
                yield [attribute.t]


def main() -> int:
    """Compiles and compares."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("networks", nargs="*", metavar="NETWORK", default=["efficientnet_b0", "deep"])
    parser.add_argument("--inputs", type=int, default=2, help="random ones (2)")
    parser.add_argument("--cpu", help="of the compiled code, which this machine has to run")
    parser.add_argument("--rounding", action="store_true", help="also of the input alone")
    arguments = parser.parse_args()
    exceeded = False
    print(f"{'network':20} input  convopt  ONNX Runtime" + ("  rounded input" if arguments.rounding else ""))
    for name in arguments.networks:
        path = path_of(name, networks.CACHE)
        double, engine = in_double(path), reference.session(path)
        options = {"cpu": arguments.cpu} if arguments.cpu else {}
        model = convopt.compile(path, **options)
        (value,) = engine.get_inputs()
        for seed in range(arguments.inputs):
            generator = np.random.default_rng(seed)
            image = networks.image(value.shape, generator)
            (exact,) = double.run(None, {value.name: image.astype(np.float64)})
            error = reference.relative_error(model.run([image])[0], exact)
            theirs = reference.relative_error(engine.run(None, {value.name: image})[0], exact)
            rounding = ""
            if arguments.rounding:
                unrounded = image * (1 + generator.uniform(-1, 1, image.shape) * 2.0**-24)
                (moved,) = double.run(None, {value.name: unrounded})
                rounding = f"       {reference.relative_error(moved, exact):.1e}"
            exceeded |= error > TOLERANCE
            print(f"{path.stem:20} {seed:5}  {error:.1e}  {theirs:.1e}{rounding}", flush=True)
    return exceeded


if __name__ == "__main__":
    sys.exit(main())
