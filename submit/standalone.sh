#!/usr/bin/env bash
# Runs a command of Kennel on a Spark standalone cluster; the driver runs here. The same command line as local.sh.
#
#   submit/standalone.sh                                          the sample images, on the cluster of cluster-up.sh
#   submit/standalone.sh train --images DIR --output DIR          your own images
#   submit/standalone.sh --master spark://host:7077 train …       another cluster
#
#   --master URL   default: the cluster that submit/cluster-up.sh started
#   --dir DIR      first, the folder that cluster-up.sh was given (default target/cluster)
#   --dry-run      shows what would be given to spark-submit
#   and spark-submit's own options, before the command
#
# A job has one executor on each of Spark's workers, with all of its cores; --conf spark.cores.max=N takes fewer.
# --executor-memory must fit the workers: another cluster's have what SPARK_WORKER_MEMORY says. Executors fetch
# Kennel from the driver and need nothing but Java 17, but all of them must read the images and write the output
# under the same paths. `submit/standalone.sh train --help` is about the command.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

dir=$project/target/cluster
case ${1:-} in
  --help | -h) show_usage "$0" && exit ;;
  --dir) [ $# -gt 1 ] || fail "Cannot use $1: it needs a value"; dir=$2 && shift 2 ;;
esac
split_arguments "$@"
if ! has_master; then
  [ -n "$(members "$dir")" ] ||
    fail "Cannot find a cluster in $dir: none runs there; start one with submit/cluster-up.sh, or name one with --master spark://host:7077"
  add_settings "$dir/cluster.conf"
  export SPARK_LOCAL_IP=127.0.0.1
fi
case $master in
  '') ;;
  spark://127.0.0.1:* | spark://localhost:*) export SPARK_LOCAL_IP=${SPARK_LOCAL_IP:-127.0.0.1} ;;
  spark://*) ;;
  *) fail "Cannot use --master $master: a standalone cluster's is like spark://host:7077; use submit/local.sh, yarn.sh or kubernetes.sh for others" ;;
esac
[ -n "$dry_run" ] || build_if_needed
add_settings "$settings"
launch
