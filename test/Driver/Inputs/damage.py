"""damage.py FILE OUT: copies a file and changes its last float but 16."""

import sys
from pathlib import Path

data = bytearray(Path(sys.argv[1]).read_bytes())
data[-64] ^= 1
Path(sys.argv[2]).write_bytes(data)
