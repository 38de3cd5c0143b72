"""Supervised training in PyTorch: torch.nn.GRU, cross-entropy, one step of an optimizer for each batch.

    python3 supervised.py EXPERIMENT.json

EXPERIMENT.json: {"initial": SAFETENSORS, "final": SAFETENSORS, "optimizer", "learning_rate", "batches": [[[prefix, label], ...], ...]}.
"optimizer" is [class in torch.optim, {its arguments besides lr}]. Writes the final weights, and prints {"losses": [...], "gradient_norms": [...]}, one number for each batch.
"""
import json
import sys

import torch
import torch.nn.functional as F

from maml import Recommender, read_safetensors, write_safetensors


def main(path):
    torch.set_num_threads(1)
    with open(path) as file:
        settings = json.load(file)
    initial = read_safetensors(settings["initial"])
    items, embedding = initial["embedding.weight"].shape
    model = Recommender(items, embedding, initial["gru.weight_hh_l0"].shape[1]).to(initial["fc.bias"].dtype)
    model.load_state_dict(initial, strict=True)
    name, arguments = settings["optimizer"]
    optimizer = getattr(torch.optim, name)(model.parameters(), lr=settings["learning_rate"], **arguments)
    result = {"losses": [], "gradient_norms": []}
    for pairs in settings["batches"]:
        optimizer.zero_grad()
        scores = torch.stack([model(torch.tensor(prefix)) for prefix, _ in pairs])
        loss = F.cross_entropy(scores, torch.tensor([label for _, label in pairs]))
        loss.backward()
        norms = [parameter.grad.norm() for parameter in model.parameters()]
        optimizer.step()
        result["losses"].append(loss.item())
        result["gradient_norms"].append(torch.stack(norms).norm().item())
    write_safetensors(settings["final"], model.state_dict())
    print(json.dumps(result))


if __name__ == "__main__":
    main(sys.argv[1])
