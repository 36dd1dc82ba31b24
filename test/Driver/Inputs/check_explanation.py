"""Checks that an explanation of branches.mlir agrees with itself: python check_explanation.py FILE.json."""

import json
import math
import sys

with open(sys.argv[1]) as file:
    data = json.load(file)
steps, tensors, convolutions = data["steps"], data["tensors"], data["convolutions"]

# Steps and convolutions name each other.
assert [conv["name"] for conv in convolutions] == ["narrow", "wide"]
for number, conv in enumerate(convolutions):
    step = steps[conv["step"]]
    assert step["convolution"] == number and step["node"] == conv["name"]
    assert step["shape"] == conv["summary"] and step["primitive"] == conv["choice"]
    assert step["predicted_s"] == conv["predicted_s"]

# Runners-up are in order; the faster ones say why they were not taken, the others do not.
for conv in convolutions:
    times = [other["predicted_s"] for other in conv["runners_up"]]
    assert times and times == sorted(times)
    for other in conv["runners_up"]:
        assert ("not_taken" in other) == (other["predicted_s"] < conv["predicted_s"]), other
    assert len({(o["primitive"], o["input_layout"], o["output_layout"]) for o in conv["runners_up"]}) == len(times)

# The sum is read by the later convolution from the earlier one, by addresses.
first, last = sorted(conv["step"] for conv in convolutions)
assert any(first in read["from"] for read in steps[last]["reads"])
assert all(write < number for number, step in enumerate(steps) for read in step["reads"] for write in read["from"])

# Tensors that live at one time lie apart, all within the workspace.
placed = [tensor for tensor in tensors if tensor["place"] == "workspace"]
for i, a in enumerate(placed):
    assert a["offset"] + a["bytes"] <= data["memory"]["tensor_bytes"]
    for b in placed[:i]:
        apart = a["offset"] + a["bytes"] <= b["offset"] or b["offset"] + b["bytes"] <= a["offset"]
        assert apart or a["last"] < b["first"] or b["last"] < a["first"], (a, b)

# The weights of a layer before they were packed are those of its filter.
for conv in convolutions:
    layer = conv["layer"]
    elements = math.prod(layer["kernel"]) * layer["in_channels"] * layer["out_channels"]
    reads = [r for r in steps[conv["step"]]["reads"] if tensors[r["tensor"]]["place"] == "weights"]
    assert sum(read.get("unpacked_bytes", read["bytes"]) for read in reads) == 4 * elements, reads
    assert sum(read["bytes"] for read in reads) - 4 * elements == conv["growth_bytes"]
assert sum(t["bytes"] for t in tensors if t["place"] == "weights") <= data["memory"]["weight_bytes"]
