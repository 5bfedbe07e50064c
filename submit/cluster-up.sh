#!/usr/bin/env bash
# Starts a Spark standalone cluster on this machine: a master and workers, each a process of its own, reachable
# from this machine only. It runs until submit/cluster-down.sh ends it.
#
#   submit/cluster-up.sh                              two workers, who share the processors
#   submit/cluster-up.sh --workers 4 --cores 2 --memory 3g
#
#   --workers N   workers; a job has one executor on each (default 2)
#   --cores C     processors of each worker (default: the machine's, divided by the workers)
#   --memory M    heap of each worker's executor (default: 4g, less where half the machine's memory would not do);
#                 the networks' native memory comes on top of it, see conf/spark-defaults.conf
#   --port P      the master's port (default: the first free one from 7077); its page is on the first free one
#                 from 8080
#   --dir DIR     where logs, process ids and executors' files are (default target/cluster)
#
# Uses $SPARK_HOME where that is set, otherwise a Spark home made of Maven's artifacts.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

host=127.0.0.1
seconds=60 # in which master and workers must be there

main() {
  read_options "$@"
  [ -z "$(members "$dir")" ] ||
    fail "Cannot start a cluster in $dir: one runs there already; use it with submit/standalone.sh, or end it with submit/cluster-down.sh"
  choose_defaults
  build_if_needed
  mkdir -p "$dir"
  rm -f "$dir"/*.pid "$dir/cluster.conf"
  dir=$(cd "$dir" && pwd)
  export SPARK_LOCAL_IP=$host SPARK_NO_DAEMONIZE=1
  # A job leaves its jar in each worker's folder, hundreds of megabytes.
  export SPARK_WORKER_OPTS="-Dspark.worker.cleanup.enabled=true -Dspark.worker.cleanup.appDataTtl=86400"
  export SPARK_MASTER_OPTS="-Dspark.port.maxRetries=0"
  start master org.apache.spark.deploy.master.Master --host $host --port "$port" --webui-port "$page"
  await 0
  local i
  for ((i = 1; i <= workers; i++)); do
    start "worker-$i" org.apache.spark.deploy.worker.Worker --host $host --cores "$cores" --memory "${megabytes}m" \
      --webui-port 0 --work-dir "$dir/worker-$i" "spark://$host:$port"
  done
  await "$workers"
  describe >"$dir/cluster.conf"
  echo "Started spark://$host:$port: $workers workers, each with $cores of the processors and $megabytes MB of heap"
  echo "Its page: http://$host:$page   its logs: $dir"
  echo "Next:     submit/standalone.sh$place train --images DIR --output DIR"
  echo "End it:   submit/cluster-down.sh$place"
}

read_options() {
  workers=2 cores='' memory='' port='' dir=$project/target/cluster place=''
  while [ $# -gt 0 ]; do
    case $1 in
      --help | -h) show_usage "$0" && exit ;;
      --workers | --cores | --memory | --port | --dir) [ $# -gt 1 ] || fail "Cannot use $1: it needs a value" ;;
      *) fail "Cannot use $1: there is --workers, --cores, --memory, --port and --dir" ;;
    esac
    case $1 in
      --workers) check_number "$1" "$2" && workers=$2 ;;
      --cores) check_number "$1" "$2" && cores=$2 ;;
      --memory) memory=$2 ;;
      --port) check_number "$1" "$2" && port=$2 ;;
      --dir) dir=$2 place=" --dir $(printf %q "$2")" ;;
    esac
    shift 2
  done
}

check_number() {
  [[ $2 =~ ^[1-9][0-9]{0,4}$ ]] || fail "Cannot use $1 $2: it takes a number from 1"
}

choose_defaults() {
  cores=${cores:-$(($(getconf _NPROCESSORS_ONLN) / workers))}
  [ "$cores" -gt 0 ] || cores=1
  case $memory in
    '')
      megabytes=$((2 * $(quarter_of_memory) / workers))
      [ "$megabytes" -lt 4096 ] || megabytes=4096
      ;;
    *[0-9]g | *[0-9]G) megabytes=$((${memory%?} * 1024)) ;;
    *[0-9]m | *[0-9]M) megabytes=${memory%?} ;;
    *) fail "Cannot use --memory $memory: it takes a size like 4g or 3000m" ;;
  esac
  [ "$megabytes" -ge 512 ] ||
    fail "Cannot give each of $workers workers $megabytes MB: Spark needs 512 MB; use fewer --workers, or say --memory"
  if [ -n "$port" ]; then
    ! is_taken "$port" || fail "Cannot start a master on port $port: another program has it; leave out --port to take a free one"
  else
    port=$(free_port 7077)
  fi
  page=$(free_port 8080)
}

# The heap that Java takes unless told otherwise, in MB: a quarter of the machine's memory, or of the container's.
quarter_of_memory() {
  local bytes
  bytes=$("$(java_command)" -XX:+PrintFlagsFinal -version 2>/dev/null | awk '$2 == "MaxHeapSize" { print $4 }')
  echo $((bytes / 1048576))
}

free_port() {
  local candidate=$1
  while is_taken "$candidate"; do candidate=$((candidate + 1)); done
  echo "$candidate"
}

is_taken() {
  (exec 3<>"/dev/tcp/$host/$1") 2>/dev/null
}

# Starts a class of Spark as leader of a process group, to which its executors will belong.
start() {
  local name=$1
  shift
  spark_command "$@"
  set -m
  nohup env "${command[@]}" </dev/null >"$dir/$name.log" 2>&1 &
  set +m
  echo $! >"$dir/$name.pid"
}

# Waits until the master runs and so many workers are registered.
await() {
  local deadline=$((SECONDS + seconds)) state pid_file
  while true; do
    state=$(ask_master)
    case $state in
      *"\"url\" : \"spark://$host:$port\""*)
        [ "$(grep -c '"state" : "ALIVE"' <<<"$state")" -lt "$1" ] || return 0
        ;;
    esac
    for pid_file in "$dir"/*.pid; do
      kill -0 "$(cat "$pid_file")" 2>/dev/null || give_up "${pid_file%.pid}" "it ended at once"
    done
    [ $SECONDS -lt $deadline ] || give_up "$dir/master" "master and workers did not find each other within $seconds s"
    sleep 0.2
  done
}

ask_master() {
  (
    exec 3<>"/dev/tcp/$host/$page"
    printf 'GET /json/ HTTP/1.0\r\n\r\n' >&3
    cat <&3
  ) 2>/dev/null || true
}

give_up() {
  local end
  end=$(tail -n 15 "$1.log")
  "$project/submit/cluster-down.sh" --dir "$dir" >&2
  fail "Cannot start the cluster: $2; $1.log ends:
${end:-(nothing)}"
}

# The settings of Spark with which a job takes the whole cluster, and waits for all of it.
describe() {
  echo "spark.master spark://$host:$port"
  echo "spark.executor.memory ${megabytes}m"
  echo "spark.executor.instances $workers"
  echo "spark.cores.max $((workers * cores))"
}

main "$@"
