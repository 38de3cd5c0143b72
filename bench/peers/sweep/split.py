"""Makes points of two classes that overlap, and divides them into train, val and test."""
import argparse
import csv
import os
import random

parser = argparse.ArgumentParser()
parser.add_argument("--to", default="data")
args = parser.parse_args()

POINTS = 30000

draw = random.Random(0)
points = []
for _ in range(POINTS):
    label = draw.randint(0, 1)
    points.append([round(draw.gauss(label, 1.0), 4), round(draw.gauss(-label, 1.5), 4), label])
first, second = POINTS * 8 // 10, POINTS * 9 // 10
parts = {"train": points[:first], "val": points[first:second], "test": points[second:]}
os.makedirs(args.to, exist_ok=True)
for name, rows in parts.items():
    with open(os.path.join(args.to, f"{name}.csv"), "w", newline="") as file:
        csv.writer(file).writerows(rows)
