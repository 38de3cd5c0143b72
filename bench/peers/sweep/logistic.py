"""Logistic regression by stochastic gradient descent."""
import csv
import math
import random

from bench_tally import record


def read(path):
    with open(path) as file:
        return [[float(cell) for cell in row] for row in csv.reader(file)]


def start(seed):
    record("train")
    draw = random.Random(seed)
    return [draw.gauss(0, 1) for _ in range(3)]


def probability(weights, x, y):
    score = weights[0] * x + weights[1] * y + weights[2]
    return 1 / (1 + math.exp(-max(-30, min(30, score))))


def descend(weights, rows, lr, seed, epoch):
    """One epoch; its order follows from seed and number, so that a training may go on from any of them."""
    for x, y, label in random.Random(1000 * seed + epoch).sample(rows, len(rows)):
        error = probability(weights, x, y) - label
        weights = [w - lr * error * v for w, v in zip(weights, (x, y, 1))]
    record("epoch")
    return weights


def accuracy(weights, rows):
    return sum((probability(weights, x, y) > 0.5) == label for x, y, label in rows) / len(rows)
