"""Logistic regression by stochastic gradient descent."""
import argparse
import csv
import json
import math
import random

from kshot import log

parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float, default=0.1)
parser.add_argument("--seed", type=int, default=1)
parser.add_argument("--epochs", type=int, default=10)
args = parser.parse_args()


def read(path):
    with open(path) as file:
        return [[float(cell) for cell in row] for row in csv.reader(file)]


def probability(weights, x, y):
    score = weights[0] * x + weights[1] * y + weights[2]
    return 1 / (1 + math.exp(-max(-30, min(30, score))))


train, val = read("train.csv"), read("val.csv")
draw = random.Random(args.seed)
weights = [draw.gauss(0, 1) for _ in range(3)]
for epoch in range(1, args.epochs + 1):
    draw.shuffle(train)
    for x, y, label in train:
        error = probability(weights, x, y) - label
        weights = [w - args.lr * error * v for w, v in zip(weights, (x, y, 1))]
    right = sum((probability(weights, x, y) > 0.5) == label for x, y, label in val)
    log(epoch, total=args.epochs, unit="epoch", accuracy=right / len(val))

with open("model.json", "w") as file:
    json.dump(weights, file)
with open("metrics.json", "w") as file:
    json.dump({"accuracy": right / len(val)}, file)
