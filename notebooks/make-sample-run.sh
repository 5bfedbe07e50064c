#!/usr/bin/env bash
# Makes sample-run again: the tables that the notebooks beside this script read. Kennel inspects its sample images and
# trains both networks on them, twice, with different seeds; some eight minutes on two cores. The tables have other run
# ids and other seconds each time, and accuracies that differ between processors by an image or two.
#
# Then run the notebooks over them:
#   jupyter nbconvert --to notebook --execute --inplace --ExecutePreprocessor.record_timing=False notebooks/*.ipynb
set -euo pipefail
project=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
work=/tmp/kennel-samples # stands in the paths of the images, so it is the same wherever this is run

rm -rf "$work"
mkdir "$work"
cd "$work"
"$project/submit/local.sh" inspect --output sample-run
for seed in 1 2; do
  "$project/submit/local.sh" train --config samples --seed "$seed" --output sample-run
done
rm -rf "$project/notebooks/sample-run"
mkdir "$project/notebooks/sample-run"
cp -R sample-run/tables "$project/notebooks/sample-run/tables"
