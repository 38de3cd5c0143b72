"""Residual MAML in PyTorch, batched: every weight has a leading dimension of tasks, the GRU's cell is written out with
batched products over padded prefixes, and autograd differentiates through the inner loop, exactly.
"""
from typing import NamedTuple

import torch
import torch.nn.functional as F

import maml


class Pairs(NamedTuple):
    """The support or query pairs of T tasks, P each, prefixes padded on the right to L."""

    prefixes: torch.Tensor  # [T, P, L]
    lengths: torch.Tensor  # [T, P]
    labels: torch.Tensor  # [T, P]
    shares: torch.Tensor  # [T, P]: a pair's share in its task's mean, 0 where a task has fewer than P pairs

    def to(self, device):
        return Pairs(*(tensor.to(device) for tensor in self))

    def tasks(self, start, end):
        return Pairs(*(tensor[start:end] for tensor in self))


def collate(sets, dtype, width=None):
    """One `Pairs` of the tasks' lists of (prefix, label), padded to the longest prefix, or to `width`."""
    most = max(len(pairs) for pairs in sets)
    longest = width or longest_prefix(sets)
    prefixes = torch.zeros(len(sets), most, longest, dtype=torch.long)
    lengths = torch.zeros(len(sets), most, dtype=torch.long)
    labels = torch.zeros(len(sets), most, dtype=torch.long)
    shares = torch.zeros(len(sets), most, dtype=dtype)
    for task, pairs in enumerate(sets):
        for row, (prefix, label) in enumerate(pairs):
            prefixes[task, row, : len(prefix)] = torch.tensor(prefix)
            lengths[task, row] = len(prefix)
            labels[task, row] = label
            shares[task, row] = 1 / len(pairs)
    return Pairs(prefixes, lengths, labels, shares)


def longest_prefix(sets):
    return max(len(prefix) for pairs in sets for prefix, _ in pairs)


def linear(rows, weight, bias):
    """[T, R, in] by weights [T, out, in] and biases [T, out]."""
    return torch.baddbmm(bias.unsqueeze(1), rows, weight.transpose(1, 2))


def scores(weights, pairs):
    """[T, P, items], each task by its own weights."""
    tasks, rows, longest = pairs.prefixes.shape
    _, items, embedding = weights["embedding.weight"].shape
    hidden = weights["gru.weight_hh_l0"].shape[2]
    first = items * torch.arange(tasks, device=pairs.prefixes.device)
    inputs = F.embedding(pairs.prefixes + first[:, None, None], weights["embedding.weight"].reshape(-1, embedding))
    gates_in = linear(
        inputs.reshape(tasks, rows * longest, embedding), weights["gru.weight_ih_l0"], weights["gru.bias_ih_l0"]
    ).view(tasks, rows, longest, 3 * hidden)
    state = gates_in.new_zeros(tasks, rows, hidden)
    for step in range(longest):
        reset_in, update_in, new_in = gates_in[:, :, step].chunk(3, 2)
        gates_state = linear(state, weights["gru.weight_hh_l0"], weights["gru.bias_hh_l0"])
        reset_state, update_state, new_state = gates_state.chunk(3, 2)
        reset = torch.sigmoid(reset_in + reset_state)
        update = torch.sigmoid(update_in + update_state)
        new = torch.tanh(new_in + reset * new_state)
        after = (1 - update) * new + update * state
        # A prefix that has ended keeps its state.
        state = torch.where((step < pairs.lengths).unsqueeze(2), after, state)
    return linear(state, weights["fc.weight"], weights["fc.bias"])


def task_losses(logits, pairs):
    """[T]: each task's mean over its pairs."""
    each = F.cross_entropy(logits.flatten(0, 1), pairs.labels.flatten(), reduction="none")
    return (each.view_as(pairs.shares) * pairs.shares).sum(1)


def meta_losses(weights, support, query, settings):
    """[T]: each task's loss after its own inner loop from the shared weights."""
    adapted = {name: value.expand(len(support.labels), *value.shape) for name, value in weights.items()}
    for _ in range(settings["inner_steps"]):
        inner = task_losses(scores(adapted, support), support).sum()
        gradients = torch.autograd.grad(inner, list(adapted.values()), create_graph=settings["second_order"])
        adapted = {
            name: value - settings["inner_lr"] * gradient
            for (name, value), gradient in zip(adapted.items(), gradients)
        }
    residual = settings["lambda_residual"]
    after = task_losses(scores(adapted, query), query)
    # At the shared weights the tasks' rows are rows of one batch.
    shared = maml.scores(weights, query.prefixes.flatten(0, 1), query.lengths.flatten())
    before = task_losses(shared.view(*query.labels.shape, -1), query)
    return (1 - residual) * after + residual * before


def accumulate(weights, support, query, settings, chunk):
    """The mean loss over the tasks, as a tensor; adds its gradient to the weights', `chunk` tasks at a time."""
    tasks = len(support.labels)
    total = 0.0
    for start in range(0, tasks, chunk):
        end = min(start + chunk, tasks)
        own = meta_losses(weights, support.tasks(start, end), query.tasks(start, end), settings).sum() / tasks
        own.backward()
        total = total + own.detach()
    return total
