# shellcheck shell=bash
# What the scripts beside it share; they source it.

project=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
jar=$project/target/kennel.jar
# shellcheck disable=SC2034 # for the others
settings=$project/conf/spark-defaults.conf

# Sorts the arguments into spark_options and program.
split_arguments() {
  spark_options=()
  program=()
  master=
  dry_run=
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
            --dry-run) dry_run=yes && shift ;;
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
}

# Whether the user names a master, by an option or in a file of settings.
has_master() {
  [ -n "$master" ] || user_sets spark.master
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

# Adds each setting of a file that is not made yet.
add_settings() {
  local key value
  while read -r key value; do
    case $key in '' | '#'*) continue ;; esac
    add_setting "$key" "$value"
  done <"$1"
}

add_setting() { # name, value
  user_sets "$1" || spark_options=(--conf "$1=$2" ${spark_options[@]+"${spark_options[@]}"})
}

# Whether a setting of Spark is made by an option, or by the user's own file of settings.
user_sets() {
  local key=$1 option previous='' file=''
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

# Has Spark's classes come from an archive, which takes a third off the start of a command on this machine. The archive is
# made again for another Java, other jars and another place. (https://docs.oracle.com/en/java/javase/17/vm/class-data-sharing.html)
use_class_archive() {
  [ -z "${SPARK_HOME:-}" ] || return 0
  # Java 17 crashes where an agent or the flight recorder looks at classes from such an archive.
  case " ${spark_options[*]-} ${SPARK_SUBMIT_OPTS:-} ${JAVA_TOOL_OPTIONS:-} ${JDK_JAVA_OPTIONS:-}" in
    *-javaagent:* | *-agentlib:* | *-agentpath:* | *-Xrun* | *FlightRecord*) return 0 ;;
  esac
  # Java archives nothing with a folder of files on the class path, where Spark puts its folder of settings; so name
  # one that is not there, and tell log4j where its settings are.
  spark_conf=$project/target/spark/conf
  local log4j="-Dlog4j2.configurationFile=\"$project/conf/log4j2.properties\"" sum archive
  sum=$({ "$(java_command)" -version 2>&1 && echo "$project"; } | cksum)
  archive=$project/target/spark/classes-${sum%% *}.jsa
  [ -f "$archive" ] && [ -z "$(find "$project/target/spark/jars" -newer "$archive" -print -quit)" ] ||
    make_class_archive "$archive" "$log4j"
  export SPARK_SUBMIT_OPTS="$log4j -XX:SharedArchiveFile=\"$archive\" $archive_log ${SPARK_SUBMIT_OPTS:-}"
}

# Where an archive does not fit, Java does without and need not say so.
archive_log='-Xlog:cds=off -Xlog:cds+dynamic=off -Xlog:class+path=off'

# Makes the archive of what a command that uses most of Spark SQL loads. It is written aside, since Java fails on one that
# is cut short; where Java cannot make one it is empty, which Java passes over.
make_class_archive() ( # file, options
  echo "Archiving Spark's classes for quicker starts (once, half a minute) …" >&2
  aside=$1.$$
  trap 'rm -f "$aside" "$aside".*' EXIT
  : >"$aside"
  export SPARK_SUBMIT_OPTS="$2 -XX:ArchiveClassesAtExit=\"$aside\" $archive_log"
  spark_options=()
  add_settings "$settings"
  spark_command org.apache.spark.deploy.SparkSubmit --master 'local[*]' "${spark_options[@]}" \
    --class dev.kennel.Kennel "$jar" report --output "$project/notebooks/sample-run" --file "$aside.html"
  if ! env "${command[@]}" >"$aside.log" 2>&1; then
    tail -n 5 "$aside.log" >&2
    echo "Cannot archive Spark's classes, so commands start slower; remove $1 to try again" >&2
    rm -f "$aside" && : >"$aside"
  fi
  rm -f "${1%/*}"/classes-*.jsa
  mv "$aside" "$1"
)

# Hands the command to Spark, or with --dry-run shows what would be handed.
launch() {
  local submit=(${spark_options[@]+"${spark_options[@]}"} --class dev.kennel.Kennel "$jar" "${program[@]}")
  if [ -n "$dry_run" ]; then
    printf '%q ' "${SPARK_HOME:-$project/target/spark}/bin/spark-submit" "${submit[@]}"
    echo
    exit
  fi
  # glibc gives large blocks back to the kernel at once, and the page faults halve the speed of training.
  # One arena: else what a thread frees is kept from the others, and trainings in one process add up.
  export MALLOC_MMAP_THRESHOLD_=8589934592 MALLOC_TRIM_THRESHOLD_=17179869184 MALLOC_TOP_PAD_=1073741824 \
    MALLOC_ARENA_MAX=1
  if [ -n "${SPARK_HOME:-}" ]; then
    exec "$SPARK_HOME/bin/spark-submit" "${submit[@]}"
  fi
  spark_command org.apache.spark.deploy.SparkSubmit "${submit[@]}"
  exec env "${command[@]}"
}

# Does what bin/spark-class does: finds the command that starts a class of Spark, with the jars that Maven
# brought where there is no other Spark.
spark_command() {
  if [ -z "${SPARK_HOME:-}" ]; then
    export SPARK_HOME=$project/target/spark SPARK_CONF_DIR=${spark_conf:-$project/conf} SPARK_SCALA_VERSION=2.12
  fi
  local word
  command=()
  # Spark's launcher prints a NUL and a line break, then each word of the command line, ended by a NUL.
  while IFS= read -r -d '' word; do
    [ -z "$word" ] && [ ${#command[@]} -eq 0 ] || command+=("${word#$'\n'}")
  done < <("$(java_command)" -Xmx128m -cp "$SPARK_HOME/jars/*" org.apache.spark.launcher.Main "$@" || true)
  [ ${#command[@]} -gt 1 ] || fail "Cannot start Spark: its launcher gave no command"
}

java_command() {
  echo "${JAVA_HOME:+$JAVA_HOME/bin/}java"
}

# The processes of the cluster in a folder: a process group for each master and worker, with its executors in it. The
# names are looked at because a process id may be another program's by now; one that is ending has no words left.
members() {
  local groups
  groups=$(cat "$1"/*.pid 2>/dev/null) || return 0
  ps -ww -A -o pid= -o pgid= -o command= | awk -v groups="$groups" '
    BEGIN { split(groups, list); for (i in list) is_ours[list[i]] = 1 }
    $2 in is_ours && (/ org\.apache\.spark\.(deploy|executor)\./ || / \[java\]$/) { print $1 }'
}

# Shows a script's first comment.
show_usage() {
  sed -n '2,/^[^#]/ { /^#/ s/^# \{0,1\}//p; }' "$1"
}

fail() {
  echo "$1" >&2
  exit 2
}
