"""Takes the rate whose mean accuracy over the seeds is best on val, evaluates its models on test, and summarizes."""
import json
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from statistics import mean, stdev

import optuna

latest = {}
for trial in optuna.load_study(study_name="sweep", storage="sqlite:///study.db").trials:
    if trial.state == optuna.trial.TrialState.COMPLETE:
        latest[trial.params["lr"], trial.params["seed"]] = trial.value
values = defaultdict(dict)
for (lr, seed), value in latest.items():
    values[lr][seed] = value
best = max(values, key=lambda lr: mean(values[lr].values()))

tested = []
for seed in sorted(values[best]):
    folder = Path(f"runs/lr={best},seed={seed}")
    files = ["--test", "data/test.csv", "--model", folder / "model.json", "--metrics", folder / "tested.json"]
    subprocess.run([sys.executable, "sweep/evaluate.py", *files], check=True)
    tested.append(json.loads((folder / "tested.json").read_text())["accuracy"])
summary = {"lr": best, "accuracy": mean(tested), "deviation": stdev(tested), "seeds": len(tested)}
Path("summary.json").write_text(json.dumps(summary))
