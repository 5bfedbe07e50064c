#!/usr/bin/env bash
# Runs a command of Kennel on Kubernetes; the driver is a pod, too.
# Could not be run where it was written, without Kubernetes and Docker: only what it gives to spark-submit is tested.
#
#   export SPARK_HOME=/opt/spark-3.5                                a Spark distribution (see below)
#   submit/kubernetes.sh --build registry.example/kennel:1          builds the image; then push it
#   submit/kubernetes.sh --image registry.example/kennel:1 --master k8s://https://host:6443 \
#     --conf spark.executor.instances=4 --executor-cores 4 train --images s3a://dogs --output s3a://dogs-run
#
#   --image IMAGE   first: what --build built
#   --dry-run       shows what would be given to spark-submit
#   and spark-submit's own options, before the command
#
# The driver starts executors with the rights of a service account:
#   kubectl create serviceaccount kennel
#   kubectl create rolebinding kennel --clusterrole=edit --serviceaccount=default:kennel
# Another account or namespace: --conf spark.kubernetes.authenticate.driver.serviceAccountName=…, --conf
# spark.kubernetes.namespace=…. submit/kubernetes/pod.yaml is the template of all pods. The comparison is at the end of
# the driver's log (kubectl logs). --config takes presets only (files are not sent), and images and output must be
# where all pods see them.
#
# Needs a Spark distribution of version 3.5 with Scala 2.12 in SPARK_HOME, because the Spark that Maven brings knows
# no Kubernetes.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

main() {
  image=
  case ${1:-} in
    --help | -h) show_usage "$0" && exit ;;
    --build) [ $# -eq 2 ] || fail "Cannot build an image: say --build and its name, nothing else"; build "$2" && exit ;;
    --image) [ $# -gt 1 ] || fail "Cannot use $1: it needs a value"; image=$2 && shift 2 ;;
  esac
  split_arguments "$@"
  check_spark
  has_master || fail "Cannot submit to Kubernetes: no cluster is named; say --master k8s://https://host:port"
  if [ -n "$image" ]; then
    add_setting spark.kubernetes.container.image "$image"
  else
    user_sets spark.kubernetes.container.image ||
      fail "Cannot submit to Kubernetes: no image is named; make one with --build IMAGE, push it, and say --image IMAGE first"
  fi
  add_setting spark.submit.deployMode cluster
  add_setting spark.kubernetes.driver.podTemplateFile "$project/submit/kubernetes/pod.yaml"
  add_setting spark.kubernetes.executor.podTemplateFile "$project/submit/kubernetes/pod.yaml"
  add_setting spark.kubernetes.authenticate.driver.serviceAccountName kennel
  # A node that has no copy of the image pulls a gigabyte first.
  add_setting spark.scheduler.maxRegisteredResourcesWaitingTime 180s
  add_settings "$settings"
  jar=local:///opt/kennel/kennel.jar # in the image
  launch
}

build() {
  check_spark
  build_if_needed
  DOCKER_BUILDKIT=1 docker build --tag "$1" --build-context "spark=$SPARK_HOME" --build-context "kennel=$project/target" \
    "$project/submit/kubernetes" || fail "Cannot build the image $1: see Docker's messages above"
  echo "Built $1. Next: docker push $1"
}

check_spark() {
  compgen -G "${SPARK_HOME:-/absent}/jars/spark-kubernetes_2.12-3.5.*.jar" >/dev/null ||
    fail "Cannot submit to Kubernetes: ${SPARK_HOME:-SPARK_HOME, which is not set,} is no Spark 3.5 for Kubernetes; unpack a distribution with Scala 2.12 and export SPARK_HOME as its folder"
}

main "$@"
