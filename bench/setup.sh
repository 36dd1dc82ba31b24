#!/usr/bin/env bash
# Installs the engines to compare with, from PyPI, in an environment beside that of the tests. A second run does nothing.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
venv=$(readlink -f "$here/../.deps")/bench
stamp="$venv/stamp-$(cat "$here/requirements.txt" "$0" | sha256sum | cut -c1-16)"
[ -e "$stamp" ] && exit 0
echo "-- installing the engines to compare with" >&2
rm -rf "$venv"
"${PYTHON:-/usr/bin/python3}" -m venv "$venv"
pip() { "$venv/bin/pip" -q --disable-pip-version-check "$@"; }
# One by one: an engine that this machine cannot have must not keep the others away.
grep -v '^#' "$here/requirements.txt" | while read -r package; do
  pip install "$package" || echo "bench: $package is left out" >&2
done
# Its Python side would bring PyTorch along; only the program in it is used.
pip install --no-deps pnnx==20261020 || echo "bench: pnnx is left out" >&2
touch "$stamp"
