#!/usr/bin/env bash
# Kills the driver of a run at a random moment, resumes the run until it has finished, and compares it with one that
# was not disturbed: parameters bit for bit, every row of epochs, predictions, confusion, class_metrics and rounds but
# for the seconds. All the while a reader polls the tables of the run and must never see an error, or a part of an epoch.
# Twenty times, unless told otherwise; takes half an hour.
#
#   src/test/scripts/kill-driver.sh [TIMES [SUBMIT…]]
#   src/test/scripts/kill-driver.sh 20 submit/standalone.sh      on the cluster of submit/cluster-up.sh
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../.."

times=${1:-20}
submit=("${@:2}")
[ ${#submit[@]} -gt 0 ] || submit=(submit/local.sh --master 'local[2]')
folder=$(mktemp -d)
settings=(--networks customcnn,resfcn18 --image-size 32 --epochs 2 --threads 1 --workers 2 --config samples
  --checkpoint-every '1 round')

main() {
  local begin=$SECONDS length i
  train undisturbed "${settings[@]}"
  length=$((SECONDS - begin))
  tell undisturbed >"$folder/expected"
  echo "Undisturbed: $length s, $(wc -l <"$folder/expected") rows; files in $folder"
  for ((i = 1; i <= times; i++)); do
    disturb "$i" "$length"
  done
  rm -r "$folder"
  echo "All $times runs ended as the one that was not disturbed"
}

# A run that is killed, and killed once more while it is resumed.
disturb() {
  local name=run-$1 length=$2 runs=$folder/run-$1/tables/runs kills=0 killed poller
  poll "$name" &
  poller=$!
  until compgen -G "$runs/*/finished-*" >/dev/null; do
    if [ -d "$runs" ]; then
      start "$name" --resume "$(ls "$runs" | sed 's/^run_id=//')"
    else
      start "$name" "${settings[@]}"
    fi
    killed=
    if [ $kills -lt 2 ] && ! await $((RANDOM % (length * 10) + 10)); then
      kill -9 "$driver"
      killed=yes kills=$((kills + 1))
      echo "run $1: killed after it said: $(grep -a ' epoch \| Saved \| Run ' "$folder/$name.err" | tail -n 1 | cut -c 1-60)"
    fi
    wait "$driver" 2>/dev/null || [ -n "$killed" ] || fail "the run failed" "$name"
  done
  : >"$folder/$name.end"
  wait "$poller" || { cat "$folder/$name.polls.err" >&2 && fail "a reader saw what it must not" "$name"; }
  echo "run $1: $(<"$folder/$name.polls")"
  tell "$name" | diff "$folder/expected" - >"$folder/$name.diff" || fail "it ended otherwise: $folder/$name.diff" "$name"
  echo "run $1: as undisturbed, after $kills kills"
  rm -r "${folder:?}/$name"
}

# Reads the tables of a run until its file .end is there.
poll() {
  local opens=() package
  for package in java.lang java.lang.invoke java.io java.net java.nio java.util java.util.concurrent sun.nio.ch \
    sun.util.calendar; do
    opens+=(--add-opens "java.base/$package=ALL-UNNAMED")
  done
  java "${opens[@]}" -Xmx512m -cp 'target/spark/jars/*' src/test/scripts/PollTables.java \
    "$folder/$1" "$folder/$1.end" >"$folder/$1.polls" 2>"$folder/$1.polls.err"
}

# Whether the driver ends within so many tenths of a second.
await() {
  local tenths
  for ((tenths = $1; tenths > 0; tenths--)); do
    kill -0 "$driver" 2>/dev/null || return 0
    sleep 0.1
  done
  return 1
}

start() { # name, arguments of train
  local name=$1
  shift
  "${submit[@]}" train --output "$folder/$name" "$@" >"$folder/$name.out" 2>"$folder/$name.err" &
  driver=$!
}

train() {
  start "$@"
  wait "$driver" || fail "the run failed" "$1"
}

# What must not differ: every row without its times, and the parameters.
tell() {
  local query='' table columns model
  while read -r table columns; do
    query+="${query:+ union all }select '$table' name, to_json(struct($columns)) line from $table"
  done <<'TABLES'
epochs network, epoch, split, examples, loss, accuracy, top5_accuracy, macro_f1, learning_rate
rounds network, epoch, round, workers, examples
predictions network, path_name, label, predicted_label, probability, loss
confusion network, actual_label, predicted_label, count
class_metrics network, label, precision, recall, f1, support
runs status, failure, workers, images, classes
TABLES
  query=${query//path_name/"regexp_extract(path, 'images/.*', 0) image"}
  submit/local.sh sql --rows 100000 "$query order by name, line" --output "$folder/$1" 2>/dev/null | sed '/^+/d'
  for model in "$folder/$1"/models/*/*; do
    echo "$(basename "$model") $(sha256sum < "$model/model.safetensors")"
  done
}

fail() {
  echo "Cannot accept $2: $1; it said at last:" >&2
  tail -n 5 "$folder/$2.err" >&2
  exit 1
}

main
