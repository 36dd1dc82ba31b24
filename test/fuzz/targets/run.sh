#!/usr/bin/env bash
# run.sh FOLDER SECONDS: each fuzz target of FOLDER for so long, from what it has found before and from the corpus.
# An input that does harm ends its target and is kept as FOLDER/TARGET-crash-*.
set -euo pipefail
folder=$1 seconds=$2
corpus=$(dirname "$0")/../corpus
# The libraries of others are not instrumented.
export ASAN_OPTIONS=detect_container_overflow=0
failed=0
for target in onnx graph mlir csv json; do
  seeds=$target
  [ $target = graph ] && seeds=onnx
  mkdir -p "$folder/found-$target"
  echo "== $target"
  "$folder/fuzz-$target" -max_total_time="$seconds" -timeout=60 -rss_limit_mb=4096 -max_len=16384 \
    -print_final_stats=1 -artifact_prefix="$folder/$target-" "$folder/found-$target" "$corpus/$seeds" \
    2>"$folder/$target.log" || failed=1
  grep -E '^stat::number_of_executed_units|^SUMMARY|^Test unit written' "$folder/$target.log" || true
done
exit $failed
