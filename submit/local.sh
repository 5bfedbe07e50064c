#!/usr/bin/env bash
# Runs a command of Kennel on this machine. Builds what is missing; needs only Java 17 and Maven.
#
#   submit/local.sh                                    the whole job on the sample images
#   submit/local.sh train --images DIR --epochs 15     your own images
#   submit/local.sh compare --output DIR               any other command
#   submit/local.sh --packages G:A:V train …           options before the command go to spark-submit
#
# --master (default local[*]), --conf, --driver-memory, --executor-memory and --executor-cores are Spark's
# wherever they stand. Uses $SPARK_HOME where that is set, otherwise a Spark home made of Maven's artifacts.
set -euo pipefail

project=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
jar=$project/target/kennel.jar
settings=$project/conf/spark-defaults.conf

main() {
  split_arguments "$@"
  build_if_needed
  add_settings
  # glibc gives large blocks back to the kernel at once, and the page faults halve the speed of training.
  export MALLOC_MMAP_THRESHOLD_=8589934592 MALLOC_TRIM_THRESHOLD_=17179869184 MALLOC_TOP_PAD_=1073741824
  export SPARK_LOCAL_IP=${SPARK_LOCAL_IP:-127.0.0.1}
  submit=(${spark_options[@]+"${spark_options[@]}"} --class dev.kennel.Kennel "$jar" "${program[@]}")
  if [ -n "${SPARK_HOME:-}" ]; then
    exec "$SPARK_HOME/bin/spark-submit" "${submit[@]}"
  fi
  submit_from_maven_artifacts
}

# Sorts the arguments into spark_options and program.
split_arguments() {
  spark_options=()
  program=()
  master=
  while [ $# -gt 0 ]; do
    case $1 in
      --master | --conf | --driver-memory | --executor-memory | --executor-cores)
        [ $# -gt 1 ] || fail "Cannot use $1: it needs a value"
        add_spark_option "$1" "$2"
        shift 2
        ;;
      --master=* | --conf=* | --driver-memory=* | --executor-memory=* | --executor-cores=*)
        add_spark_option "${1%%=*}" "${1#*=}"
        shift
        ;;
      *)
        if [ ${#program[@]} -eq 0 ]; then
          case $1 in
            --help | -h | --version | -V) program=("$1") && shift ;;
            --verbose | -v | --supervise | --*=*) spark_options+=("$1") && shift ;;
            -*)
              [ $# -gt 1 ] || fail "Cannot use $1: it needs a value"
              spark_options+=("$1" "$2")
              shift 2
              ;;
            *) program=("$1") && shift ;;
          esac
        else
          program+=("$1")
          shift
        fi
        ;;
    esac
  done
  [ ${#program[@]} -gt 0 ] || program=(train)
  [ -n "$master" ] || user_sets spark.master || spark_options=(--master 'local[*]' ${spark_options[@]+"${spark_options[@]}"})
}

# As settings where there are such: spark-submit forgets --executor-memory for a local-cluster master.
add_spark_option() {
  case $1 in
    --master) master=$2 && spark_options+=("$1" "$2") ;;
    --executor-memory) spark_options+=(--conf "spark.executor.memory=$2") ;;
    --executor-cores) spark_options+=(--conf "spark.executor.cores=$2") ;;
    *) spark_options+=("$1" "$2") ;;
  esac
}

# Adds each setting of conf/spark-defaults.conf that the user has not made.
add_settings() {
  local key value
  while read -r key value; do
    case $key in '' | '#'*) continue ;; esac
    user_sets "$key" || spark_options=(--conf "$key=$value" ${spark_options[@]+"${spark_options[@]}"})
  done <"$settings"
}

# Whether a setting of Spark is made by an option, or by the user's own file of settings.
user_sets() {
  local key=$1 option previous= file=
  [ -z "${SPARK_HOME:-}" ] || file=${SPARK_CONF_DIR:-$SPARK_HOME/conf}/spark-defaults.conf
  for option in ${spark_options[@]+"${spark_options[@]}"}; do
    case $previous$option in
      "--conf$key="*) return 0 ;;
    esac
    case $option in
      --driver-memory) [ "$key" != spark.driver.memory ] || return 0 ;;
      --properties-file=*) file=${option#*=} ;;
    esac
    [ "$previous" != --properties-file ] || file=$option
    previous=$option
  done
  [ -n "$file" ] && [ -f "$file" ] && grep -q "^[[:space:]]*${key//./\\.}[[:space:]=]" "$file"
}

build_if_needed() {
  if [ -f "$jar" ] && [ -d "$project/target/spark/jars" ] &&
    [ -z "$(find "$project/src/main" "$project/conf" "$project/pom.xml" -newer "$jar" -print -quit)" ]; then
    return
  fi
  command -v mvn >/dev/null || fail "Cannot build Kennel: there is no mvn; install Maven"
  echo "Building Kennel (the first time downloads Spark and Deeplearning4j, a few minutes) …" >&2
  (cd "$project" && mvn -B -q package -DskipTests) >&2 || fail "Cannot build Kennel: see Maven's messages above"
}

# Does what bin/spark-submit does, with the jars that Maven brought.
submit_from_maven_artifacts() {
  export SPARK_HOME=$project/target/spark SPARK_CONF_DIR=$project/conf SPARK_SCALA_VERSION=2.12
  local java=java command=() word
  [ -z "${JAVA_HOME:-}" ] || java=$JAVA_HOME/bin/java
  # Spark's launcher prints a NUL and a line break, then each word of the command line, ended by a NUL.
  while IFS= read -r -d '' word; do
    [ -z "$word" ] && [ ${#command[@]} -eq 0 ] || command+=("${word#$'\n'}")
  done < <("$java" -Xmx128m -cp "$SPARK_HOME/jars/*" org.apache.spark.launcher.Main \
    org.apache.spark.deploy.SparkSubmit "${submit[@]}" || true)
  [ ${#command[@]} -gt 1 ] || fail "Cannot start Spark: its launcher gave no command"
  exec env "${command[@]}"
}

fail() {
  echo "$1" >&2
  exit 2
}

main "$@"
