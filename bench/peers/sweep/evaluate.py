"""Says how good a model is on test."""
import argparse
import json

from bench_tally import record
from logistic import accuracy, read

parser = argparse.ArgumentParser()
parser.add_argument("--model", default="model.json")
parser.add_argument("--test", default="test.csv")
parser.add_argument("--metrics", default="metrics.json")
args = parser.parse_args()

record("evaluate")
with open(args.model) as file:
    weights = json.load(file)
with open(args.metrics, "w") as file:
    file.write(json.dumps({"accuracy": accuracy(weights, read(args.test))}))
