#!/usr/bin/env bash
# Runs a command of Kennel on Hadoop YARN; the driver runs here. The same command line as local.sh.
# Tried on a resource manager and one node manager of Hadoop 3.3.4 on one machine, not with HDFS or Kerberos.
#
#   export HADOOP_CONF_DIR=/etc/hadoop/conf
#   submit/yarn.sh --num-executors 8 --executor-cores 4 train --images hdfs:///dogs --output hdfs:///dogs-run
#   submit/yarn.sh --deploy-mode cluster …                        the driver runs on the cluster, too
#
#   --num-executors N, --executor-cores C   for the largest network: few executors with many cores
#   --executor-memory M                     the heap; the container is larger, see conf/spark-defaults.conf
#   --dry-run                               shows what would be given to spark-submit
#   and spark-submit's own options, before the command
#
# Executors need nothing installed but Java 17. Where YARN's own Java is another, name it for both:
#   --conf spark.executorEnv.JAVA_HOME=/usr/lib/jvm/17 --conf spark.yarn.appMasterEnv.JAVA_HOME=/usr/lib/jvm/17
# Spark's jars (200 MB) go to the cluster for every job, unless they lie there:
#   (cd target/spark/jars && jar cf0 ../spark.zip .) && hdfs dfs -put target/spark/spark.zip /kennel/
#   submit/yarn.sh --conf spark.yarn.archive=hdfs:///kennel/spark.zip …
# With the driver on the cluster, --config takes presets only (files are not sent), and the comparison is in the
# driver's log (yarn logs). Images and output must be where all machines see them.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

case ${1:-} in --help | -h) show_usage "$0" && exit ;; esac
split_arguments "$@"
case ${master:=yarn} in
  yarn) ;;
  *) fail "Cannot use --master $master: here it is yarn; use submit/local.sh, standalone.sh or kubernetes.sh for others" ;;
esac
hadoop=${HADOOP_CONF_DIR:-${YARN_CONF_DIR:-}}
[ -n "$hadoop" ] ||
  fail "Cannot find YARN: HADOOP_CONF_DIR is not set; export it as the folder that holds the cluster's yarn-site.xml"
[ -f "$hadoop/yarn-site.xml" ] || fail "Cannot find YARN: HADOOP_CONF_DIR is $hadoop, which holds no yarn-site.xml"
add_setting spark.master yarn
[ -n "$dry_run" ] || build_if_needed
add_settings "$settings"
launch
