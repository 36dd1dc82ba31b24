"""Writes a cost model without trees: flat_model.py BUILTIN.json PRIMITIVE > MODEL.json

PRIMITIVE is by far the quickest, then all others alike. The version of the
features comes from the built-in model.
"""

import json
import sys

with open(sys.argv[1]) as file:
    model = json.load(file)
model["convolution"]["trees"] = []
base = model["convolution"]["base"]
for primitive in base:
    base[primitive] = -3 if primitive == sys.argv[2] else 1
model["convolution"]["overhead_seconds"] = 0
model["transformation"] = {
    "overhead_seconds": 1e-6,
    "share": {level: 1 for level in ("l1", "l2", "l3", "memory")},
}
json.dump(model, sys.stdout)
