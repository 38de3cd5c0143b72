"""Makes points of two classes that overlap, and divides them into train, val and test."""
import csv
import random

draw = random.Random(0)
points = []
for _ in range(1200):
    label = draw.randint(0, 1)
    points.append([draw.gauss(label, 1.0), draw.gauss(-label, 1.5), label])
parts = {"train": points[:600], "val": points[600:900], "test": points[900:]}
for name, rows in parts.items():
    with open(f"{name}.csv", "w", newline="") as file:
        csv.writer(file).writerows(rows)
