"""make_net.py SEED OUT.onnx: a small network with filters of 100 KB and more."""

import sys

import onnx
from convopt.testing.builder import Builder

b = Builder("net", seed=int(sys.argv[1]))
x = b.add("Relu", b.conv(b.input(1, 3, 16, 16), (3, 48)))
x = b.batch_norm(b.conv(x, (48, 64)), 64)
onnx.save(b.model(b.conv(x, (64, 256), strides=[2, 2])), sys.argv[2])
