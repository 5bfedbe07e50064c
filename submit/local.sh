#!/usr/bin/env bash
# Runs a command of Kennel on this machine. Builds what is missing; needs only Java 17 and Maven.
#
#   submit/local.sh                                    the whole job on the sample images
#   submit/local.sh train --images DIR --epochs 15     your own images
#   submit/local.sh compare --output DIR               any other command
#   submit/local.sh --packages G:A:V train …           options before the command go to spark-submit
#   submit/local.sh --dry-run train …                  shows what would be given to spark-submit
#
# --master (default local[*]), --conf, --driver-memory, --executor-memory and --executor-cores are Spark's
# wherever they stand. Uses $SPARK_HOME where that is set, otherwise a Spark home made of Maven's artifacts.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

split_arguments "$@"
has_master || add_spark_option --master 'local[*]'
[ -n "$dry_run" ] || build_if_needed
add_settings "$settings"
# They are done before Java's second compiler would have paid for itself: half the processor's time.
case ${program[0]} in
  compare | report) add_setting spark.driver.extraJavaOptions -XX:TieredStopAtLevel=1 ;;
esac
export SPARK_LOCAL_IP=${SPARK_LOCAL_IP:-127.0.0.1}
case $dry_run$master in '' | local | local\[*) use_class_archive ;; esac # other executors' logs need the folder of settings
launch
