"""Does something to the two entries of a cache folder: swap, flip, cut, empty or check."""

import hashlib
import pathlib
import sys

first, second = sorted(pathlib.Path(sys.argv[1]).iterdir())
data = first.read_bytes()
what = sys.argv[2]
if what == "swap":
    first.write_bytes(second.read_bytes())
    second.write_bytes(data)
elif what == "flip":
    first.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
elif what == "cut":
    first.write_bytes(data[: len(data) // 2])
elif what == "empty":
    first.write_bytes(b"")
else:
    for entry in first, second:
        data = entry.read_bytes()
        assert len(data) > 32 and hashlib.sha256(data[32:]).digest() == data[:32], entry
