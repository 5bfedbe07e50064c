#!/usr/bin/env bash
# Trains on many small generated images for one epoch, in a process whose heap is limited, and says what it took:
# seconds of listing, reading and training, and the most memory that the process held.
#
#   src/test/scripts/many-files.sh [IMAGES [CLASSES [HEAP]]]        20000 500 1g; 200000 takes some minutes
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../.."

images=${1:-20000} classes=${2:-500} heap=${3:-1g}
folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT

java src/test/scripts/ManyFiles.java "$folder/images" "$images" "$classes"
begin=$(date +%s.%N)
submit/local.sh --driver-memory "$heap" train --images "$folder/images" --networks customcnn --epochs 1 \
  --batch-size 128 --workers 1 --output "$folder/run" >"$folder/out" 2>"$folder/err" &
script=$!
peak=0
while kill -0 $script 2>/dev/null; do
  for process in $(pgrep -f "$folder/run"); do # the script and Java
    kib=$(sed -n 's/^VmHWM:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$process/status" 2>/dev/null || true)
    [ "${kib:-0}" -le "$peak" ] || peak=$kib
  done
  sleep 0.5
done
wait $script || { cat "$folder/err"; exit 1; }
echo "$images images in $classes classes, a heap of $heap: $(awk "BEGIN { printf \"%.0f\", $(date +%s.%N) - $begin }") s in all," \
  "$((peak / 1024)) MiB at most"
grep -aE 'Found|Read them|Training on|epoch 1/1:' "$folder/err"
