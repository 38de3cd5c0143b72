"""Prints the rate whose mean accuracy over the seeds is best on val."""
import json
from pathlib import Path
from statistics import mean

means = {}
for lr in ("0.001", "0.01", "1.0"):
    means[lr] = mean(json.loads(path.read_text())["accuracy"] for path in Path("runs").glob(f"lr={lr},*/metrics.json"))
print(max(means, key=means.get))
