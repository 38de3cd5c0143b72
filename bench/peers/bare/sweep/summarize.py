"""Mean and standard deviation over the seeds."""
import json
import sys
from pathlib import Path
from statistics import mean, stdev

values = [json.loads(path.read_text())["accuracy"] for path in Path("runs").glob(f"lr={sys.argv[1]},*/tested.json")]
Path("summary.json").write_text(json.dumps({"accuracy": mean(values), "deviation": stdev(values), "seeds": len(values)}))
