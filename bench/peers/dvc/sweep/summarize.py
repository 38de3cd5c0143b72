"""Mean and standard deviation over the seeds."""
import json
from pathlib import Path
from statistics import mean, stdev

import dvc.api

seeds = dvc.api.params_show()["seed"]
values = [json.loads(Path(f"tested/seed={seed}.json").read_text())["accuracy"] for seed in seeds]
Path("summary.json").write_text(json.dumps({"accuracy": mean(values), "deviation": stdev(values), "seeds": len(values)}))
