"""Residual MAML in PyTorch, in the form of a notebook: a functional GRU for each task, autograd through the inner loop.

    python3 maml.py EXPERIMENT.json

EXPERIMENT.json: {"initial": SAFETENSORS, "final": SAFETENSORS, "inner_lr", "outer_lr", "inner_steps",
"lambda_residual", "second_order", "clip_norm", "iterations": [[task, ...], ...]}, where a task is
{"support": [[prefix, label], ...], "query": [...]}. Writes the final weights, and prints
{"losses": [...], "gradient_norms": [...], "seconds": [...]}, one number for each iteration.
"""
import json
import struct
import sys
import time
from functools import partial

import numpy
import torch
import torch.nn.functional as F

TYPES = {"F32": numpy.float32, "F64": numpy.float64}


def read_safetensors(path):
    with open(path, "rb") as file:
        data = file.read()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    header.pop("__metadata__", None)
    values = data[8 + length :]
    tensors = {}
    for name, entry in header.items():
        start, end = entry["data_offsets"]
        array = numpy.frombuffer(values[start:end], TYPES[entry["dtype"]]).reshape(entry["shape"])
        tensors[name] = torch.from_numpy(array.copy())
    return tensors


def write_safetensors(path, tensors):
    header, chunks, at = {}, [], 0
    for name, tensor in tensors.items():
        chunk = tensor.detach().cpu().numpy().astype("<f8").tobytes()
        header[name] = {"dtype": "F64", "shape": list(tensor.shape), "data_offsets": [at, at + len(chunk)]}
        chunks.append(chunk)
        at += len(chunk)
    text = json.dumps(header).encode()
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + b"".join(chunks))


class Recommender(torch.nn.Module):
    """The model as a module, to hold the functional form against."""

    def __init__(self, items, embedding, hidden):
        super().__init__()
        self.embedding = torch.nn.Embedding(items, embedding)
        self.gru = torch.nn.GRU(embedding, hidden, batch_first=True)
        self.fc = torch.nn.Linear(hidden, items)

    def forward(self, prefix):
        _, state = self.gru(self.embedding(prefix[None]))
        return self.fc(state[0, 0])


def scores(weights, prefixes, lengths):
    hidden = weights["gru.weight_hh_l0"].shape[1]
    inputs = F.embedding(prefixes, weights["embedding.weight"])
    state = inputs.new_zeros(len(prefixes), hidden)
    for step in range(prefixes.shape[1]):
        gates_in = F.linear(inputs[:, step], weights["gru.weight_ih_l0"], weights["gru.bias_ih_l0"])
        gates_state = F.linear(state, weights["gru.weight_hh_l0"], weights["gru.bias_hh_l0"])
        reset_in, update_in, new_in = gates_in.chunk(3, 1)
        reset_state, update_state, new_state = gates_state.chunk(3, 1)
        reset = torch.sigmoid(reset_in + reset_state)
        update = torch.sigmoid(update_in + update_state)
        new = torch.tanh(new_in + reset * new_state)
        after = (1 - update) * new + update * state
        # A prefix that has ended keeps its state.
        state = torch.where((step < lengths)[:, None], after, state)
    return F.linear(state, weights["fc.weight"], weights["fc.bias"])


def batch(pairs):
    lengths = torch.tensor([len(prefix) for prefix, _ in pairs])
    prefixes = torch.zeros(len(pairs), int(lengths.max()), dtype=torch.long)
    for row, (prefix, _) in enumerate(pairs):
        prefixes[row, : len(prefix)] = torch.tensor(prefix)
    return prefixes, lengths, torch.tensor([label for _, label in pairs])


def prepare(task, device="cpu"):
    """The task's pairs as padded tensors."""
    return {name: tuple(tensor.to(device) for tensor in batch(task[name])) for name in ("support", "query")}


def loss(weights, padded):
    prefixes, lengths, labels = padded
    return F.cross_entropy(scores(weights, prefixes, lengths), labels)


def adapted_loss(loss, weights, task, settings):
    """The residual loss of one task after its inner steps; `loss` is that of weights on prepared pairs."""
    adapted = weights
    for _ in range(settings["inner_steps"]):
        inner = loss(adapted, task["support"])
        gradients = torch.autograd.grad(inner, list(adapted.values()), create_graph=settings["second_order"])
        adapted = {
            name: value - settings["inner_lr"] * gradient
            for (name, value), gradient in zip(adapted.items(), gradients)
        }
    residual = settings["lambda_residual"]
    return (1 - residual) * loss(adapted, task["query"]) + residual * loss(weights, task["query"])


# Of one task, as `prepare` gives it.
task_loss = partial(adapted_loss, loss)


def check_functional_form(initial, pairs):
    items, embedding = initial["embedding.weight"].shape
    module = Recommender(items, embedding, initial["gru.weight_hh_l0"].shape[1])
    module.to(initial["fc.bias"].dtype).load_state_dict(initial, strict=True)
    prefixes, lengths, _ = batch(pairs)
    ours = scores(initial, prefixes, lengths)
    theirs = torch.stack([module(torch.tensor(prefix)) for prefix, _ in pairs])
    assert torch.allclose(ours, theirs, rtol=1e-12, atol=1e-12), "the functional GRU is not torch.nn.GRU"


def main(path):
    torch.set_num_threads(1)
    with open(path) as file:
        settings = json.load(file)
    initial = read_safetensors(settings["initial"])
    check_functional_form(initial, settings["iterations"][0][0]["query"])
    weights = {name: value.requires_grad_() for name, value in initial.items()}
    optimizer = torch.optim.Adam(weights.values(), lr=settings["outer_lr"])
    result = {"losses": [], "gradient_norms": [], "seconds": []}
    for tasks in settings["iterations"]:
        began = time.perf_counter()
        optimizer.zero_grad()
        mean = 0.0
        for task in tasks:
            one = task_loss(weights, prepare(task), settings) / len(tasks)
            one.backward()
            mean += one.item()
        norm = torch.nn.utils.clip_grad_norm_(weights.values(), settings["clip_norm"])
        optimizer.step()
        result["losses"].append(mean)
        result["gradient_norms"].append(norm.item())
        result["seconds"].append(time.perf_counter() - began)
    write_safetensors(settings["final"], weights)
    print(json.dumps(result))


if __name__ == "__main__":
    main(sys.argv[1])
