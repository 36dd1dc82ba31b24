#!/usr/bin/env bash
# run.sh FOLDER SECONDS [TARGET...]: each fuzz target of FOLDER, or those, for so long, from what it has found before
# and from the corpus. An input that does harm ends its target and is kept as FOLDER/TARGET-crash-*. Inputs are as long as
# the longest seed at most, or 4 KB: what is longer takes longer and says no more.
set -euo pipefail
folder=$1 seconds=$2
shift 2
targets=("$@")
[ $# -gt 0 ] || targets=(onnx graph mlir csv json npz)
corpus=$(dirname "$0")/../corpus
# The libraries of others are not instrumented.
export ASAN_OPTIONS=detect_container_overflow=0
failed=0
for target in "${targets[@]}"; do
  seeds=$target
  [ $target = graph ] && seeds=onnx
  mkdir -p "$folder/found-$target"
  echo "== $target"
  "$folder/fuzz-$target" -max_total_time="$seconds" -timeout=60 -rss_limit_mb=4096 \
    -print_final_stats=1 -artifact_prefix="$folder/$target-" "$folder/found-$target" "$corpus/$seeds" \
    2>"$folder/$target.log" || failed=1
  grep -E '^stat::number_of_executed_units|^SUMMARY|^Test unit written' "$folder/$target.log" || true
done
exit $failed
