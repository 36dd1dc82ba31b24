"""What the tests share: networks with weights, inputs, and what other engines answer."""

import os

# The tools of a build with sanitizers take many times as long: fewer networks, seeds and node tests do.
FEW_TESTS = bool(os.environ.get("CONVOPT_FEW_TESTS"))
