# The sweep without any tool, two trainings at a time: what the others' times are held to.
set -eu
python sweep/split.py --to data
for lr in 0.001 0.01 1.0; do for seed in 1 2 3; do echo "$lr $seed"; done; done |
  xargs -P 2 -n 2 sh -c 'mkdir -p "runs/lr=$0,seed=$1" && python sweep/train.py --train data/train.csv \
    --val data/val.csv --lr "$0" --seed "$1" --epochs 10 --model "runs/lr=$0,seed=$1/model.json" \
    --metrics "runs/lr=$0,seed=$1/metrics.json"'
best=$(python sweep/choose.py)
for seed in 1 2 3; do echo "$seed"; done | xargs -P 2 -n 1 sh -c 'python sweep/evaluate.py --test data/test.csv \
  --model "runs/lr=$0,seed=$1/model.json" --metrics "runs/lr=$0,seed=$1/tested.json"' "$best"
python sweep/summarize.py "$best"
