"""Meta-training in plain PyTorch, apart from kshot: autograd through the inner loop, or copies of a module that SGD moves.

    python3 meta_training.py EXPERIMENT.json

EXPERIMENT.json: as of bench/pytorch/maml.py, and "algorithm" (maml or reptile), "step_loss_iterations" and
"per_layer", and "cosine" ({"steps", "lowest"}) where the outer rate falls. Writes the final weights, and prints {"losses", "gradient_norms",
"rates", "outer_rates"}.
"""
import copy
import json
import sys

import torch
from maml import Recommender, loss, prepare, read_safetensors, write_safetensors


def counts_of(settings, iteration):
    """MAML++: what each step's loss counts, annealed to the last."""
    steps, annealed = settings["inner_steps"], settings["step_loss_iterations"]
    counts = torch.zeros(steps, dtype=torch.float64)
    if iteration < annealed:
        counts += (1 / steps) * (1 - iteration / annealed)
    counts[-1] = 1 - counts[:-1].sum()
    return counts


def maml_loss(weights, rates, task, counts, residual):
    """rates: [steps, tensors]"""
    support, query = (prepare(task)[name] for name in ("support", "query"))
    total = residual * loss(weights, query)
    adapted = weights
    for row, count in zip(rates, counts):
        gradients = torch.autograd.grad(loss(adapted, support), list(adapted.values()), create_graph=True)
        adapted = {
            name: value - rate * gradient
            for (name, value), rate, gradient in zip(adapted.items(), row, gradients)
        }
        total = total + (1 - residual) * count * loss(adapted, query)
    return total


def reptile_step(module, tasks, settings):
    """Sets the gradient of `module` to the mean way back from where SGD ends, and gives the mean loss on the way."""
    ways = [torch.zeros_like(value) for value in module.parameters()]
    losses = []
    for task in tasks:
        pairs = [*task["support"], *task["query"]]
        moving = copy.deepcopy(module)
        inner = torch.optim.SGD(moving.parameters(), lr=settings["inner_lr"])
        for _ in range(settings["inner_steps"]):
            inner.zero_grad()
            each = [
                torch.nn.functional.cross_entropy(moving(torch.tensor(prefix))[None], torch.tensor([label]))
                for prefix, label in pairs
            ]
            mean = sum(each) / len(each)
            mean.backward()
            inner.step()
            losses.append(mean.item())
        for way, here, there in zip(ways, module.parameters(), moving.parameters()):
            way += (here.detach() - there.detach()) / len(tasks)
    for value, way in zip(module.parameters(), ways):
        value.grad = way
    return sum(losses) / len(losses)


def main(path):
    with open(path) as file:
        settings = json.load(file)
    torch.set_num_threads(1)
    initial = read_safetensors(settings["initial"])
    module = Recommender(*initial["embedding.weight"].shape, initial["gru.weight_hh_l0"].shape[1]).double()
    module.load_state_dict(initial)
    weights = dict(module.named_parameters())
    rates = torch.full((settings["inner_steps"], len(weights)), settings["inner_lr"], dtype=torch.float64)
    moved = list(weights.values())
    if settings["per_layer"]:
        moved.append(rates.requires_grad_())
    optimizer = torch.optim.Adam(moved, lr=settings["outer_lr"])
    cosine = settings.get("cosine")
    schedule = cosine and torch.optim.lr_scheduler.CosineAnnealingLR(
        optimizer, T_max=cosine["steps"], eta_min=cosine["lowest"]
    )
    result = {"losses": [], "gradient_norms": [], "outer_rates": []}
    for iteration, tasks in enumerate(settings["iterations"]):
        optimizer.zero_grad()
        if settings["algorithm"] == "reptile":
            mean = reptile_step(module, tasks, settings)
        else:
            counts = counts_of(settings, iteration)
            each = [maml_loss(weights, rates, task, counts, settings["lambda_residual"]) for task in tasks]
            mean = sum(each) / len(each)
            mean.backward()
            mean = mean.item()
        norm = torch.nn.utils.clip_grad_norm_(moved, settings["clip_norm"])
        optimizer.step()
        result["outer_rates"].append(optimizer.param_groups[0]["lr"])
        if cosine and iteration < cosine["steps"]:
            schedule.step()
        result["losses"].append(mean)
        result["gradient_norms"].append(norm.item())
    write_safetensors(settings["final"], {name: value.detach() for name, value in weights.items()})
    result["rates"] = rates.detach().flatten().tolist()
    print(json.dumps(result))


main(sys.argv[1])
