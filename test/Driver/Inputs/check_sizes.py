"""check_sizes.py SIZES.json ONE.json TWO.json PAGE: the sizes of a model against the model compiled for each alone."""

import json
import re
import sys

sizes, one, two = (json.load(open(path)) for path in sys.argv[1:4])
assert sizes["format"] == "convopt-explanation" and "convolutions" not in sizes and "memory" not in sizes
assert sizes["machine"] == one["machine"]
model = sizes["model"]
assert [tensor["shape"] for tensor in model["inputs"]] == [[-1, 3, 8, 8], [1, 1, 1, 8]]
assert [tensor["shape"] for tensor in model["outputs"]] == [[-1, 16, 8, 8]]

# The first size chooses freely.
first, second = sizes["sizes"]
for size, alone in ((first, one), (second, two)):
    for key in ("inputs", "outputs"):
        assert size[key] == alone["model"][key], key
    assert set(size) == (set(alone) - {"format", "version", "compiler", "model", "machine"}) | {"inputs", "outputs"}
    assert len(size["steps"]) == len(alone["steps"])
    assert size["memory"]["tensor_bytes"] == alone["memory"]["tensor_bytes"]
    (conv,), (conv_alone,) = size["convolutions"], alone["convolutions"]
    assert conv["summary"] == conv_alone["summary"] and conv["step"] == conv_alone["step"]
    assert size["steps"][conv["step"]]["primitive"] == conv["choice"]
    # Launches are numbered as those of a model of this size alone.
    assert [step["launch"] for step in size["steps"]] == list(range(len(size["steps"])))
assert first["convolutions"] == one["convolutions"] and first["predicted_s"] == one["predicted_s"]
# The weights stand once.
assert first["memory"]["weight_bytes"] == second["memory"]["weight_bytes"] < 2 * one["memory"]["weight_bytes"]

page = open(sys.argv[4]).read()
held = re.search(r'<script type="application/json" id="explanation">\n(.*?)</script>', page, re.DOTALL).group(1)
assert json.loads(held) == sizes
