"""Meta-gradients of modules in plain PyTorch: a loop over tasks, autograd through the inner loop by `create_graph`.

    python3 meta_gradients.py < CASES.json

A case: {"class", "parameters", "head": names or null, "rates": a number or one for each parameter, "steps",
"lambda_residual", "second_order", "tasks": [{"support": [[prefix, label], ...], "query": [...]}, ...], "items"}. With a
head only that moves in the inner loop, by one rate (ANIL); with rates for each they are learned (Meta-SGD). Prints for
each case {"loss", "gradient", "rate_gradient"}.
"""
import json
import sys

import models
import torch
from torch.func import functional_call
from torch.nn.attention import SDPBackend, sdpa_kernel


def unflatten(vector, shapes):
    sizes = [shape.numel() for shape in shapes.values()]
    return {name: part.view(shape) for (name, shape), part in zip(shapes.items(), vector.split(sizes))}


def loss_of(module, weights, pairs, items):
    longest = max(len(prefix) for prefix, _ in pairs)
    prefixes = torch.tensor([prefix + [items] * (longest - len(prefix)) for prefix, _ in pairs])
    lengths = torch.tensor([len(prefix) for prefix, _ in pairs])
    scores = functional_call(module, weights, (prefixes, lengths))
    return torch.nn.functional.cross_entropy(scores, torch.tensor([label for _, label in pairs]))


def answer(case):
    items, residual = case["items"], case["lambda_residual"]
    module = getattr(models, case["class"])(items).double()
    shapes = {name: value.shape for name, value in module.named_parameters()}
    start = torch.tensor(case["parameters"], dtype=torch.float64, requires_grad=True)
    rates = torch.tensor(case["rates"], dtype=torch.float64, requires_grad=True)
    moving = case["head"] or list(shapes)
    each = unflatten(rates, shapes) if rates.dim() > 0 else dict.fromkeys(shapes, rates)
    total = 0
    for task in case["tasks"]:
        weights = unflatten(start, shapes)
        before = loss_of(module, weights, task["query"], items)
        for _ in range(case["steps"]):
            loss = loss_of(module, weights, task["support"], items)
            own = [weights[name] for name in moving]
            found = torch.autograd.grad(loss, own, create_graph=case["second_order"], retain_graph=True)
            weights = {**weights, **{name: weights[name] - each[name] * g for name, g in zip(moving, found)}}
        total = total + (1 - residual) * loss_of(module, weights, task["query"], items) + residual * before
    loss = total / len(case["tasks"])
    gradient, by_rates = torch.autograd.grad(loss, [start, rates])
    return {"loss": loss.item(), "gradient": gradient.tolist(), "rate_gradient": by_rates.tolist()}


with sdpa_kernel(SDPBackend.MATH):
    print(json.dumps([answer(case) for case in json.load(sys.stdin)]))
