"""Mean and standard deviation over the seeds."""
import json
from pathlib import Path
from statistics import mean, stdev

values = [json.loads(Path(tested).read_text())["accuracy"] for tested in snakemake.input]
summary = {"accuracy": mean(values), "deviation": stdev(values), "seeds": len(values)}
Path(snakemake.output[0]).write_text(json.dumps(summary))
