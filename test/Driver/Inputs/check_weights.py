"""check_weights.py FILE: the header of a weights file is what docs/weights.md says."""

import struct
import sys
from pathlib import Path

data = Path(sys.argv[1]).read_bytes()
magic, size, digest = struct.unpack_from("<8sQ32s", data)
assert magic == b"convoptW" and size == len(data) - 4096, (magic, size, len(data))
assert any(digest) and not any(data[48:4096]) and any(data[4096:4160])
