#!/usr/bin/env bash
# Checks the form of the sources; with --fix it mends what can be mended. clang-tidy runs on the files given, or on
# those that differ from the main branch's last commit, since it takes seconds a file.
#
#   scripts/lint.sh [--fix] [--all | FILE.cpp ...]
set -euo pipefail
cd "$(dirname "$0")/.."
fix=
all=
files=()
for argument in "$@"; do
  case $argument in
  --fix) fix=1 ;;
  --all) all=1 ;;
  *) files+=("$argument") ;;
  esac
done
command -v clang-format-19 >/dev/null || { echo 'lint: needs clang-format 19 (./dev setup)' >&2; exit 1; }

mapfile -t sources < <(git ls-files --cached --others --exclude-standard '*.cpp' '*.h' '*.c')
if [ -n "$fix" ]; then
  clang-format-19 -i "${sources[@]}"
  .deps/venv/bin/ruff check -q --fix .
  .deps/venv/bin/ruff format -q .
else
  clang-format-19 --dry-run -Werror "${sources[@]}" || { echo 'lint: ./dev lint --fix mends this' >&2; exit 1; }
  .deps/venv/bin/ruff check -q .
  .deps/venv/bin/ruff format -q --check .
fi

if [ -n "$all" ]; then
  mapfile -t files < <(git ls-files 'lib/*.cpp' 'tools/*.cpp' 'unittests/*.cpp')
elif [ ${#files[@]} -eq 0 ]; then
  mapfile -t files < <(git diff --name-only --diff-filter=d HEAD -- '*.cpp')
fi
[ ${#files[@]} -eq 0 ] || clang-tidy-19 -p build/release --quiet "${files[@]}"
