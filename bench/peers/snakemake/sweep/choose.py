"""Takes the rate whose mean accuracy over the seeds is best on val, and its models."""
import json
import shutil
from pathlib import Path
from statistics import mean

params, output = snakemake.params, snakemake.output


def accuracy(lr, seed):
    return json.loads(Path(f"results/lr={lr},seed={seed}/metrics.json").read_text())["accuracy"]


means = {lr: mean(accuracy(lr, seed) for seed in params.seed) for lr in params.lr}
best = max(means, key=means.get)
Path(output.settings).write_text(json.dumps({"lr": best}))
for seed, model in zip(params.seed, output.models):
    shutil.copyfile(f"results/lr={best},seed={seed}/model.json", model)
