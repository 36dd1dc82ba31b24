"""make_sized.py OUT.onnx: y = relu(conv(image) * scale), where only --shape says how many images, and how wide."""

import sys

import onnx
from convopt.testing.builder import Builder

b = Builder("net")
image, scale = b.input("batch", 3, 8, "width"), b.input(1, 1, 1, "width")
onnx.save(b.model(b.add("Relu", b.add("Mul", b.conv(image, (3, 16)), scale))), sys.argv[1])
