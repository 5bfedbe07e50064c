#!/usr/bin/env bash
# Ends the cluster that submit/cluster-up.sh started, with all its executors; does nothing where none runs.
#
#   submit/cluster-down.sh
#
#   --dir DIR   the folder that cluster-up.sh was given (default target/cluster)
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

seconds=15 # that processes have to end by themselves

main() {
  dir=$project/target/cluster
  while [ $# -gt 0 ]; do
    case $1 in
      --help | -h) show_usage "$0" && exit ;;
      --dir) [ $# -gt 1 ] || fail "Cannot use $1: it needs a value"; dir=$2 && shift 2 ;;
      *) fail "Cannot use $1: there is --dir" ;;
    esac
  done
  if [ -z "$(members "$dir")" ]; then
    echo "No cluster runs in $dir"
  else
    end
    echo "Ended the cluster in $dir"
  fi
  rm -f "$dir"/*.pid "$dir/cluster.conf"
}

end() {
  signal TERM
  local deadline=$((SECONDS + seconds))
  while [ -n "$(members "$dir")" ]; do
    [ $SECONDS -lt $deadline ] || signal KILL
    [ $SECONDS -lt $((deadline + seconds)) ] || fail "Cannot end the processes $(members "$dir" | xargs): not even kill -9 does"
    sleep 0.2
  done
}

signal() {
  local processes
  processes=$(members "$dir")
  # Words on purpose. One that has ended meanwhile is no error.
  # shellcheck disable=SC2086
  kill "-$1" $processes 2>/dev/null || true
}

main "$@"
