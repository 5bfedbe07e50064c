#!/usr/bin/env bash
# Times compare over the tables of many runs of 20 epochs with 8,580 predictions each, which it makes up.
#
#   src/test/scripts/many-runs.sh [RUNS [REPEATS]]      200 runs, of which each 5 repeat one setting
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../.."
runs=${1:-200} repeats=${2:-5}
folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT

submit/local.sh --version >/dev/null # builds what is missing
opens=()
for package in java.lang java.lang.invoke java.io java.net java.nio java.util java.util.concurrent sun.nio.ch \
  sun.util.calendar; do
  opens+=(--add-opens "java.base/$package=ALL-UNNAMED")
done
java "${opens[@]}" -cp 'target/kennel.jar:target/spark/jars/*' src/test/scripts/ManyRuns.java "$folder" "$runs" "$repeats" 2>"$folder/log" ||
  { tail -n 20 "$folder/log" >&2 && exit 1; }
begin=$(date +%s%N)
submit/local.sh compare --all --output "$folder" | head -n 12
echo "$runs runs, $(find "$folder/tables" -name '*.parquet' | wc -l) files: $(((($(date +%s%N)) - begin) / 1000000)) ms"
