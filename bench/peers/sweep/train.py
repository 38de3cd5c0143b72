"""Trains on train, and says how good it is on val."""
import argparse
import json

from bench_tally import record
from logistic import accuracy, descend, read, start

parser = argparse.ArgumentParser()
parser.add_argument("--train", default="train.csv")
parser.add_argument("--val", default="val.csv")
parser.add_argument("--model", default="model.json")
parser.add_argument("--metrics", default="metrics.json")
parser.add_argument("--lr", type=float, default=0.1)
parser.add_argument("--seed", type=int, default=1)
parser.add_argument("--epochs", type=int, default=10)
args = parser.parse_args()

train, val = read(args.train), read(args.val)
epoch, weights = 0, start(args.seed)
while epoch < args.epochs:
    epoch += 1
    weights = descend(weights, train, args.lr, args.seed, epoch)
with open(args.model, "w") as file:
    file.write(json.dumps(weights))
with open(args.metrics, "w") as file:
    file.write(json.dumps({"accuracy": accuracy(weights, val)}))
record("trained")
