"""Residual MAML in PyTorch as `maml.py` has it, a loop over tasks, but for prefixes: those of a task's pairs nest, and each
distinct one is computed once, level by level, instead of padding every pair to the longest.
"""
from functools import partial
from typing import NamedTuple

import torch
import torch.nn.functional as F

from maml import adapted_loss


class Forest(NamedTuple):
    """The distinct prefixes of some pairs, shorter ones first."""

    items: torch.Tensor  # of each prefix its last item
    parents: list  # for each length, where the prefixes without that item are among those one shorter
    nodes: torch.Tensor  # of each pair its prefix
    labels: torch.Tensor


def forest(pairs, device):
    prefixes = {tuple(prefix[:end]) for prefix, _ in pairs for end in range(1, len(prefix) + 1)}
    ordered = sorted(prefixes, key=lambda prefix: (len(prefix), prefix))
    place, parents, within = {}, [], {}
    for node, prefix in enumerate(ordered):
        place[prefix] = node
        if len(prefix) > len(parents):
            parents.append([])
        within[prefix] = len(parents[-1])
        parents[-1].append(within.get(prefix[:-1], 0))
    indices = lambda values: torch.tensor(values, device=device)  # noqa: E731
    return Forest(
        indices([prefix[-1] for prefix in ordered]),
        [indices(own) for own in parents],
        indices([place[tuple(prefix)] for prefix, _ in pairs]),
        indices([label for _, label in pairs]),
    )


def prepare(task, device="cpu"):
    return {name: forest(task[name], device) for name in ("support", "query")}


def loss(weights, pairs):
    inputs = F.embedding(pairs.items, weights["embedding.weight"])
    gates_in = F.linear(inputs, weights["gru.weight_ih_l0"], weights["gru.bias_ih_l0"])
    hidden = weights["gru.weight_hh_l0"].shape[1]
    states, before, at = [], None, 0
    for parents in pairs.parents:
        state = inputs.new_zeros(len(parents), hidden) if before is None else before[parents]
        gates_state = F.linear(state, weights["gru.weight_hh_l0"], weights["gru.bias_hh_l0"])
        reset_in, update_in, new_in = gates_in[at : at + len(parents)].chunk(3, 1)
        reset_state, update_state, new_state = gates_state.chunk(3, 1)
        reset = torch.sigmoid(reset_in + reset_state)
        update = torch.sigmoid(update_in + update_state)
        new = torch.tanh(new_in + reset * new_state)
        before = (1 - update) * new + update * state
        states.append(before)
        at += len(parents)
    scores = F.linear(torch.cat(states)[pairs.nodes], weights["fc.weight"], weights["fc.bias"])
    return F.cross_entropy(scores, pairs.labels)


# Of one task, as `prepare` gives it.
task_loss = partial(adapted_loss, loss)
