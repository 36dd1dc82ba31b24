#!/usr/bin/env bash
# Installs front ends that write MLIR, torch-mlir and IREE's importer, from PyPI (200 MB), in an environment of their own
# beside that of the tests. A second run does nothing.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
venv=$(readlink -f "$here/../.deps")/frontends
stamp="$venv/stamp-$(sha256sum <"$0" | cut -c1-16)"
[ -e "$stamp" ] && exit 0
echo "-- installing front ends" >&2
rm -rf "$venv"
"${PYTHON:-/usr/bin/python3}" -m venv "$venv"
pip() { "$venv/bin/pip" -q --disable-pip-version-check "$@"; }
# Their Python sides would bring PyTorch along; only the programs in them are used.
pip install --no-deps torch-mlir==20261001 iree-base-compiler==3.13.0
pip install onnx==1.20.1 numpy==2.2.6
touch "$stamp"
