"""Session-kNN by dense 0/1 matrices in numpy: what baseline.session_knn is checked against.

Reads {items, neighbours, sample_size, sessions: [items, the most recent session first], queries: [[prefix, label]]} on
stdin, writes for each query three ranks of the label: the lowest, that by id, and the highest, if scores within 1e-9 of
one another are equal.
"""
import json
import sys

import numpy as np

asked = json.load(sys.stdin)
sessions = np.zeros((len(asked["sessions"]), asked["items"]))
for row, visited in enumerate(asked["sessions"]):
    sessions[row, visited] = 1
lengths = np.linalg.norm(sessions, axis=1)

bounds = []
for prefix, label in asked["queries"]:
    current = np.zeros(asked["items"])
    current[prefix] = 1
    dots = sessions @ current
    sample = np.flatnonzero(dots)[: asked["sample_size"]]
    cosines = dots[sample] / (lengths[sample] * np.linalg.norm(current))
    # Rounded, so that equal cosines are equal and the stable sort keeps the more recent first.
    nearest = np.argsort(-np.round(cosines, 9), kind="stable")[: asked["neighbours"]]
    scores = cosines[nearest] @ sessions[sample[nearest]]
    own = scores[label]
    higher = np.sum(scores > own + 1e-9)
    equal = np.abs(scores - own) <= 1e-9
    bounds.append([int(1 + higher), int(1 + higher + np.sum(equal[:label])), int(higher + np.sum(equal))])
print(json.dumps(bounds))
