#!/usr/bin/env bash
# Writes the wheel to a folder (build/wheels unless given), with the C library of this machine in its name: what is
# linked here asks for no newer one, and for no older one can anybody vouch. auditwheel has to find the same.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=${1:-build/wheels}
python=.deps/venv/bin/python
platform=manylinux_$(getconf GNU_LIBC_VERSION | sed 's/glibc //; s/\./_/')_$(uname -m)
mkdir -p "$folder"
rm -f "$folder"/convopt-*.whl
_PYTHON_HOST_PLATFORM=$platform PATH="$PWD/.deps/venv/bin:$PATH" \
  $python -m pip -q --disable-pip-version-check wheel --no-build-isolation --no-deps -w "$folder" .
$python scripts/audit_wheel.py "$folder"/convopt-*.whl
