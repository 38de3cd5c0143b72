"""Takes the rate whose mean accuracy over the seeds is best on val, and its models."""
import json
import shutil
from pathlib import Path
from statistics import mean

import dvc.api

params = dvc.api.params_show()


def accuracy(lr, seed):
    return json.loads(Path(f"runs/lr={lr},seed={seed}/metrics.json").read_text())["accuracy"]


means = {lr: mean(accuracy(lr, seed) for seed in params["seed"]) for lr in params["lr"]}
best = max(means, key=means.get)
Path("best").mkdir()
Path("best/settings.json").write_text(json.dumps({"lr": best}))
for seed in params["seed"]:
    shutil.copyfile(f"runs/lr={best},seed={seed}/model.json", f"best/seed={seed}.json")
