"""Does something to the entries of a cache folder: rotate, flip, cut, empty or check."""

import hashlib
import pathlib
import sys

entries = sorted(pathlib.Path(sys.argv[1]).iterdir())
assert len(entries) > 1, entries
contents = [entry.read_bytes() for entry in entries]
what = sys.argv[2]
if what == "rotate":
    for entry, data in zip(entries, contents[1:] + contents[:1], strict=True):
        entry.write_bytes(data)
elif what == "flip":
    entries[0].write_bytes(contents[0][:-1] + bytes([contents[0][-1] ^ 1]))
elif what == "cut":
    entries[0].write_bytes(contents[0][: len(contents[0]) // 2])
elif what == "empty":
    entries[0].write_bytes(b"")
else:
    assert what == "check", what
    for entry, data in zip(entries, contents, strict=True):
        assert len(data) > 32 and hashlib.sha256(data[32:]).digest() == data[:32], entry
