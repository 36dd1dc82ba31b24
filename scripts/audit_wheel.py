"""Says whether a wheel needs no more than its name says, and Halide's wheel: python audit_wheel.py FILE.whl.

auditwheel knows which libraries and which versions of their symbols every machine of a platform has.
"""

import json
import subprocess
import sys
from pathlib import Path

HALIDE = "libHalide.so"


def audit(wheel: Path) -> str:
    """The platform that the wheel's name promises and its contents keep to; a SystemExit says what is wrong."""
    command = [sys.executable, "-m", "auditwheel", "show", "--json", str(wheel)]
    found = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
    if others := sorted(set(found["external_libs"]) - {HALIDE}):
        raise SystemExit(f"{wheel.name}: needs {', '.join(others)}")
    promised = wheel.stem.rsplit("-", 1)[1]
    if not found["sym_tag"].startswith("manylinux_"):
        raise SystemExit(f"{wheel.name}: has symbols that no platform has")
    # Platforms are named by the C library's version: 2_36 has what 2_17 has.
    version, limit = ([int(part) for part in name.split("_")[1:3]] for name in (found["sym_tag"], promised))
    if version > limit:
        raise SystemExit(f"{wheel.name}: has symbols of {found['sym_tag']}")
    return promised


def main():
    """See above."""
    wheel = Path(sys.argv[1])
    print(f"{wheel}: {audit(wheel)}, {wheel.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
