"""check_size.py [--more] BYTES FILE...: whether the files together have at most that many bytes, or more."""

import sys
from pathlib import Path

arguments = sys.argv[1:]
more = arguments[0] == "--more"
limit, *files = arguments[more:]
size = sum(Path(file).stat().st_size for file in files)
sys.exit(None if (size > int(limit)) == more else f"{' + '.join(files)}: {size} bytes")
