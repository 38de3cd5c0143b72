"""Seconds of each meta-iteration of `maml.py`'s loop in float32, on the episodes that the engine was measured on.

    python3 time_iterations.py TASKS.json true|false

TASKS.json: {"shape": {"items", "embedding", "hidden"}, "settings": {...}, "iterations": [[task, ...], ...]}; the last
argument says whether the inner gradients are differentiated (second order). Prints a list of seconds.
"""
import json
import sys
import time

import torch

from maml import Recommender, prepare, task_loss

with open(sys.argv[1]) as file:
    experiment = json.load(file)
shape = experiment["shape"]
settings = {**experiment["settings"], "second_order": sys.argv[2] == "true"}
torch.manual_seed(1)
module = Recommender(shape["items"], shape["embedding"], shape["hidden"])
weights = dict(module.named_parameters())
optimizer = torch.optim.Adam(weights.values(), lr=settings["outer_lr"])
seconds = []
for tasks in experiment["iterations"]:
    began = time.perf_counter()
    optimizer.zero_grad()
    for task in tasks:
        (task_loss(weights, prepare(task), settings) / len(tasks)).backward()
    torch.nn.utils.clip_grad_norm_(weights.values(), settings["clip_norm"])
    optimizer.step()
    seconds.append(time.perf_counter() - began)
print(json.dumps(seconds))
