"""Writes a cost model without trees: flat_model.py BUILTIN.json PRIMITIVE > MODEL.json

PRIMITIVE is by far the quickest, all others are alike. The rest is the
built-in model's.
"""

import json
import sys

with open(sys.argv[1]) as file:
    model = json.load(file)
model["convolution"]["trees"] = []
for primitive in model["convolution"]["primitives"]:
    primitive["base"] = -3 if primitive["name"] == sys.argv[2] else 1
model["convolution"]["overhead_seconds"] = 0
json.dump(model, sys.stdout)
