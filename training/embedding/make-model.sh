#!/bin/sh
# From sentence pairs to the file that is shipped: make-model.sh PAIRS.tsv|FOLDER MODEL.bin [options of train.py]
set -eu
pairs=$1
model=$2
shift 2
here=$(dirname "$0")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
node "$here/fold-pairs.mjs" "$pairs" >"$work/pairs.tsv"
/usr/bin/python3 "$here/train.py" "$work/pairs.tsv" "$work/model.npz" \
  --passes 6 --drop 0.2 --balance 0 --rivals 0.15 --seed 3 "$@"
/usr/bin/python3 "$here/pack.py" "$work/model.npz" "$model"
