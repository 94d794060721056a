#!/bin/sh
# Runs the Python tests of models/training, and ruff where it is installed: npm run check -- training [test module...]
# The Python is the one that HIPPO_TRAINING_PYTHON names, or python3 where it has the packages, or that of an
# environment made here on first use from models/training/requirements.txt. Exits with 3 where there is none.
set -eu
cd "$(dirname "$0")/.."
training=models/training
venv=node_modules/.cache/hippovolume/training-venv
pins=$training/requirements.txt

has_packages() { "$1" -c 'import torch, scipy, nibabel' 2>/dev/null; }

python=${HIPPO_TRAINING_PYTHON:-python3}
if ! has_packages "$python"; then
  python=$PWD/$venv/bin/python
  if ! cmp -s $pins $venv/requirements.txt; then
    echo 'training tests: making a Python environment (several minutes)' >&2
    rm -rf $venv
    mkdir -p "$(dirname $venv)"
    if ! python3 -m venv $venv || ! $venv/bin/pip install --quiet --requirement $pins; then
      echo 'training tests: no Python with the packages of models/training/requirements.txt' >&2
      exit 3
    fi
    cp $pins $venv/requirements.txt
  fi
fi

cd $training
if "$python" -m ruff --version >/dev/null 2>&1; then "$python" -m ruff check . >&2; fi
if [ $# -gt 0 ]; then exec "$python" -m unittest "$@"; fi
exec "$python" -m unittest discover -s tests -t .
