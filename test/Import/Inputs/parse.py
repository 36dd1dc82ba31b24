"""parse.py TEST OUT.onnx: the model in onnx's text form that is left of TEST without its comments."""

import sys

import onnx.parser

with open(sys.argv[1]) as file:
    text = "".join(line for line in file if not line.startswith("#"))
onnx.save(onnx.parser.parse_model(text), sys.argv[2])
