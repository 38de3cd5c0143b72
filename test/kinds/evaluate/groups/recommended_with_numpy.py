"""What models recommend, measured again from the definitions of RecBole (recbole/evaluator/metrics.py: ItemCoverage,
GiniIndex, AveragePopularity) with numpy, and Gini once more as half the relative mean absolute difference.

Reads {items, labels, within, lists: {model: [[item, ...], ...]}} as JSON from standard input: labels of train, and each
model's lists. Writes {model: [coverage, gini, mean popularity]}.
"""

import json
import sys

import numpy as np

told = json.load(sys.stdin)
items, within = told["items"], told["within"]
popularity = np.bincount(told["labels"], minlength=items)
found = {}
for model, lists in told["lists"].items():
    matrix = np.array(lists)[:, :within]
    coverage = np.unique(matrix).shape[0] / items
    _, counts = np.unique(matrix, return_counts=True)
    place = np.arange(items - len(counts) + 1, items + 1)
    gini = np.sum((2 * place - items - 1) * np.sort(counts)) / matrix.size / items
    all_counts = np.bincount(matrix.ravel(), minlength=items)
    differences = np.abs(all_counts[:, None] - all_counts[None, :])
    assert abs(gini - differences.mean() / (2 * all_counts.mean())) < 1e-12
    found[model] = [coverage, gini, popularity[matrix].mean(axis=1).mean()]
print(json.dumps(found))
